import Dispatch
import Foundation
import TestKit
import Testing

@testable import Reporting

@Suite("A file that is replaced as a whole")
struct FileReplacementTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func mode(_ name: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: folder.path(name))[.posixPermissions] as? Int
    }

    @Test("makes a file of the mode and leaves nothing else, also where there was a longer one")
    func replaces() throws {
        for text in ["first, and longer\n", "second\n"] {
            try FileReplacement.write(text, to: folder.path("page.html"), mode: 0o600)
        }
        #expect(try folder.text("page.html") == "second\n")
        #expect(try folder.names == ["page.html"])
        #expect(try mode("page.html") == 0o600)
    }

    @Test("a link stays a link, and what it points to is replaced")
    func link() throws {
        try folder.write("target.html", "old\n")
        try FileManager.default.createSymbolicLink(
            atPath: folder.path("page.html"),
            withDestinationPath: "target.html"
        )
        try FileReplacement.write("new\n", to: folder.path("page.html"), mode: 0o600)
        #expect(try folder.text("target.html") == "new\n")
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: folder.path("page.html")) == "target.html")
        #expect(try folder.names == ["page.html", "target.html"])
    }

    @Test("uses what a killed process has left")
    func leftover() throws {
        try folder.write("page.html.part", "half of something that was longer")
        try FileReplacement.write("whole\n", to: folder.path("page.html"), mode: 0o600)
        #expect(try folder.text("page.html") == "whole\n")
        #expect(try folder.names == ["page.html"])
    }

    @Test("of many at once each writes a whole file")
    func many() throws {
        let path = folder.path("m.prom")
        let texts = (0..<16).map { number in String(repeating: "\(number)\n", count: 20_000) }
        DispatchQueue.concurrentPerform(iterations: texts.count) { number in
            _ = Result { try FileReplacement.write(texts[number], to: path, mode: 0o644) }
        }
        #expect(texts.contains(try folder.text("m.prom")))
        #expect(try folder.names == ["m.prom"])
    }

    @Test("writes through no link and over no folder that is in the way of its temporary file")
    func inTheWay() throws {
        try folder.write("other", "precious\n")
        try FileManager.default.createSymbolicLink(
            atPath: folder.path("page.html.part"),
            withDestinationPath: folder.path("other")
        )
        #expect(throws: FileReplacement.Failure(reason: "Too many levels of symbolic links")) {
            try FileReplacement.write("x\n", to: folder.path("page.html"), mode: 0o600)
        }
        #expect(try folder.text("other") == "precious\n")
    }

    @Test("says why it cannot")
    func missingFolder() throws {
        #expect(throws: FileReplacement.Failure(reason: "No such file or directory")) {
            try FileReplacement.write("x\n", to: folder.path("missing/page.html"), mode: 0o600)
        }
    }
}
