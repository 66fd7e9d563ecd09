import Foundation

/// A folder of its own for a test, and programs that run in it. Removed with the value.
final class TemporaryFolder {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appending(path: "csv-reading-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false)
    }

    deinit {
        try? FileManager.default.removeItem(at: url)
    }

    /// Writes a file and returns its path.
    func write(_ bytes: [UInt8], to name: String) throws -> String {
        let file = url.appending(path: name)
        try Data(bytes).write(to: file)
        return file.path
    }

    /// Runs a program found on PATH inside the folder and returns its standard output.
    func run(_ arguments: String...) throws -> [UInt8] {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = arguments
        process.currentDirectoryURL = url
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failed(arguments: arguments, status: process.terminationStatus)
        }
        return Array(data)
    }

    /// `bytes` as one gzip member without a name in it.
    func gzip(_ bytes: [UInt8]) throws -> [UInt8] {
        try run("gzip", "-nc", write(bytes, to: "plain-\(UUID().uuidString)"))
    }

    struct Failed: Error {
        var arguments: [String]
        var status: Int32
    }
}
