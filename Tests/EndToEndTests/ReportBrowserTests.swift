import Foundation
import TestKit
import Testing

@Suite("The report in a browser", .serialized, .patient)
struct ReportBrowserTests {
    /// Shows the page at two widths, each in both colour schemes, and tells in its title what it has measured.
    private static func frames(_ page: String) -> String {
        let text = page.replacing("&", with: "&amp;").replacing("\"", with: "&quot;")
        let frames = [1280, 390].flatMap { width in
            ["light", "dark"].map { scheme in
                "<iframe width=\"\(width)\" height=\"900\" style=\"border:0;color-scheme:\(scheme)\" srcdoc=\"\(text)\"></iframe>"
            }
        }
        return """
            <!DOCTYPE html><html><head><meta charset="utf-8"><title>not loaded</title></head><body>
            \(frames.joined(separator: "\n"))
            <script>
            onload = () => {
              document.title = [...document.querySelectorAll("iframe")].map(frame => {
                const view = frame.contentWindow, root = frame.contentDocument.documentElement;
                const charts = [...frame.contentDocument.querySelectorAll("svg[role=img]")];
                return [root.scrollWidth <= root.clientWidth ? "fits" : "overflows",
                  view.getComputedStyle(frame.contentDocument.body).backgroundColor,
                  charts.filter(chart => chart.getBoundingClientRect().width > 300).length,
                  view.performance.getEntriesByType("resource").length].join(" ");
              }).join("; ");
            };
            </script></body></html>
            """
    }

    private static var isThere: Bool {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        return path.split(separator: ":").contains { FileManager.default.isExecutableFile(atPath: "\($0)/chromium") }
    }

    @Test(
        "fits a phone and a desk in light and dark, draws its charts, asks for nothing and complains of nothing",
        .enabled(if: isThere, "There is no chromium: apt-get install chromium")
    )
    func browser() async throws {
        // Runs of less than two seconds and latencies that are all alike have no chart.
        try await Desk.with("--latency", "40", "--jitter", "35") { desk in
            let long = String(repeating: "a-very-long-name-", count: 9) + ".csv"
            try desk.folder.write(long, Rows.csv(1...40) + "carla,41\nleslie,42\n")
            _ = try await desk.importing(long, "--ledger", "l", "--rate", "10")
            let page = try await desk.pinglink("report", "l", "-o", "-").output
            try desk.folder.write("frames.html", Self.frames(page))
            let outcome = try await Program.run(
                "chromium",
                [
                    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                    "--enable-logging=stderr",
                    "--user-data-dir=\(desk.folder.path("browser"))", "--window-size=1400,2000",
                    "--host-resolver-rules=MAP * ~NOTFOUND", "--screenshot=\(desk.folder.path("page.png"))",
                    "--dump-dom", desk.folder.file("frames.html").absoluteString,
                ],
                folder: desk.folder.url
            )
            #expect(outcome.exitCode == 0, "\(outcome.errors)")
            let title = try #require(outcome.output.firstMatch(of: #/<title>([^<]*)</title>/#)?.output.1)
            #expect(
                title == """
                    fits rgb(252, 252, 250) 3 0; fits rgb(20, 24, 29) 3 0; \
                    fits rgb(252, 252, 250) 3 0; fits rgb(20, 24, 29) 3 0
                    """
            )
            #expect(!outcome.errors.contains("CONSOLE"), "\(outcome.errors)")
        }
    }
}
