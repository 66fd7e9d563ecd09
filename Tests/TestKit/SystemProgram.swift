package import Foundation

/// A program of the system, found on PATH, that a test runs to its end.
package enum SystemProgram {
    package struct Failed: Error {
        var arguments: [String]
        var status: Int32
    }

    /// Blocks until it has ended; its errors go where the test's go.
    ///
    /// - Parameters:
    ///   - arguments: its name and what it is told.
    ///   - folder: where it runs; where the tests run without one.
    ///   - input: what it reads on standard input, nothing without one. It is written before any output is read: for
    ///     programs that answer when they have read it all.
    /// - Returns: its standard output.
    /// - Throws: where it has not ended with 0.
    @discardableResult
    package static func run(_ arguments: [String], in folder: URL? = nil, input: [UInt8]? = nil) throws -> [UInt8] {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = arguments
        if let folder { process.currentDirectoryURL = folder }
        let (source, output) = (Pipe(), Pipe())
        process.standardInput = source
        process.standardOutput = output
        try process.run()
        if let input { try source.fileHandleForWriting.write(contentsOf: Data(input)) }
        try source.fileHandleForWriting.close()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failed(arguments: arguments, status: process.terminationStatus)
        }
        return Array(data)
    }
}
