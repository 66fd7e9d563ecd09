import Foundation
import TestKit
import Testing

@Suite("scripts/package: a Debian package and what it says of itself", .patient)
struct PackageTests {
    private static let hasTools = FileManager.default.isExecutableFile(atPath: "/usr/bin/dpkg-shlibdeps")

    @Test(
        "a package has the programs, a page and completions for each command, the samples, and what it depends on",
        .enabled(if: hasTools, "dpkg-dev is not installed")
    )
    func contents() async throws {
        let folder = try TemporaryFolder()
        let made = try await Program.run(
            "env",
            // Packing takes longest, and this package goes nowhere.
            [
                "DPKG_DEB_COMPRESSOR_TYPE=none", Program.repository.appending(path: "scripts/package").path,
                "--binaries", try Program.built("pinglink").deletingLastPathComponent().path,
                "--output", folder.path,
            ],
            folder: folder.url
        )
        try #require(made.exitCode == 0, "\(made.errors)")
        let paths = made.output.split(separator: "\n").map(String.init)
        let package = try #require(paths.first)
        try await checkBill(of: package, in: folder)
        #expect(paths == [package, "\(package).cdx.json", folder.path("SHA256SUMS")])
        _ = try await Program.run("dpkg-deb", ["-x", package, "tree"], folder: folder.url)
        let pinglink = folder.file("tree/usr/bin/pinglink")
        let share = folder.file("tree/usr/share")

        let version = try await Program.run(pinglink.path, ["--version"], folder: folder.url).output
            .trimmingCharacters(in: .newlines)
        let control = try await Program.run(
            "dpkg-deb",
            ["--field", package, "Package", "Version", "Depends"],
            folder: folder.url
        ).output
        #expect(control.hasPrefix("Package: pinglink\nVersion: \(version)-1\nDepends: "))
        for library in ["libc6", "libcsv3", "libcurl4", "libsqlite3-0", "libssl3", "zlib1g"] {
            #expect(control.contains("\(library) "))
        }

        let simulator = folder.file("tree/usr/bin/pingone-simulator")
        for program in [pinglink, simulator] {
            let name = program.lastPathComponent
            let paths = try await CommandHelp.command(of: program).paths
            for path in paths {
                let file = "man/man1/\(path.joined(separator: "-")).1.gz"
                let page = try await Program.run("gzip", ["-dc", file], folder: share).output
                let words = path.joined(separator: " ").replacing("-", with: #"\-"#)
                #expect(page.contains(".SH SYNOPSIS\n\\fB\(words)\\fR "))
                #expect(page.contains("\"\(name) \(version)\""))
                for section in ["EXIT STATUS", "FILES", "EXAMPLES"] {
                    #expect(page.contains("\n.SH \(section)\n.PP\n.RS 2\n"), "\(words): \(section)")
                }
            }
            for script in [
                "bash-completion/completions/\(name)", "zsh/vendor-completions/_\(name)",
                "fish/vendor_completions.d/\(name).fish",
            ] {
                let text = try String(contentsOf: share.appending(path: script), encoding: .utf8)
                for word in Set(paths.joined()) { #expect(text.contains(word), "\(script)") }
            }
        }
        let bash = try await Program.run("bash", ["-n", "bash-completion/completions/pinglink"], folder: share)
        #expect(bash.exitCode == 0)

        let samples = Program.repository.appending(path: "samples").path
        let examples = share.appending(path: "doc/pinglink/examples").path
        #expect(
            try FileManager.default.subpathsOfDirectory(atPath: examples).sorted()
                == FileManager.default.subpathsOfDirectory(atPath: samples).sorted()
        )
    }

    /// The bill of materials names what is linked and what is loaded, and the sums are those of the files.
    private func checkBill(of package: String, in folder: TemporaryFolder) async throws {
        let text = try Data(contentsOf: URL(filePath: "\(package).cdx.json"))
        let bill = try JSONDecoder().decode(Bill.self, from: text)
        #expect(bill.specVersion == "1.6")
        let parts = Dictionary(uniqueKeysWithValues: bill.components.map { ($0.name, $0) })
        for name in ["swift", "GRDB.swift", "swift-argument-parser", "swift-nio", "libcurl4", "libcsv3", "libc6"] {
            #expect(parts[name]?.version?.isEmpty == false, "\(name)")
            #expect(parts[name]?.purl?.hasPrefix("pkg:") == true, "\(name)")
        }
        #expect(parts["/usr/bin/pinglink"] != nil)
        // It is resolved, since a package has it for a part that is not used, and not linked.
        #expect(parts["async-http-client"] == nil)
        let sums = try await Program.run("sha256sum", ["--check", "--quiet", "SHA256SUMS"], folder: folder.url)
        #expect(sums.exitCode == 0, "\(sums.output)")
        let own = try await Program.run("sha256sum", [package], folder: folder.url).output.prefix { $0 != " " }
        #expect(bill.metadata.component.hashes?.map(\.content) == [String(own)])
    }
}

/// As much of CycloneDX as is looked at here.
private struct Bill: Decodable {
    struct Component: Decodable {
        var name: String
        var version: String?
        var purl: String?
        var hashes: [Hash]?
    }

    struct Hash: Decodable {
        var content: String
    }

    struct Metadata: Decodable {
        var component: Component
    }

    var specVersion: String
    var metadata: Metadata
    var components: [Component]
}
