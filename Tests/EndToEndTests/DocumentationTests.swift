import Foundation
import Testing

@Suite("The pages of the documentation, and the links between them")
struct DocumentationTests {
    static let articles = Program.repository.appending(path: "Sources/pinglink/Documentation.docc")

    @Test(
        "a link of a page leads to a file",
        arguments: ["README.md", ".github/CONTRIBUTING.md", ".github/SECURITY.md"]
    )
    func links(page: String) throws {
        let page = Program.repository.appending(path: page)
        let text = try String(contentsOf: page, encoding: .utf8)
        // [text](place), [name]: place, <img src="place">
        let places = text.matches(of: /\]\(([^)#]+)|^\[[^\]]+\]: (\S+)|src(?:set)?="([^"]+)"/.anchorsMatchLineEndings())
            .compactMap { $0.1 ?? $0.2 ?? $0.3 }
            .filter { !$0.contains("://") }
        #expect(!places.isEmpty)
        for place in places {
            let file = page.deletingLastPathComponent().appending(path: String(place))
            #expect(FileManager.default.fileExists(atPath: file.path), "\(place) is not there")
        }
    }

    @Test("every article has its place in the catalog's first page and in the README")
    func articlesAreFound() throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: Self.articles.path)
            .filter { $0.hasSuffix(".md") && $0 != "pinglink.md" }
        let first = try String(contentsOf: Self.articles.appending(path: "pinglink.md"), encoding: .utf8)
        let readme = try String(contentsOf: Program.repository.appending(path: "README.md"), encoding: .utf8)
        #expect(!names.isEmpty)
        for name in names {
            #expect(first.contains("<doc:\(name.dropLast(3))>"), "\(name) is missing in the first page")
            #expect(readme.contains("Documentation.docc/\(name)"), "\(name) is missing in the README")
        }
    }
}
