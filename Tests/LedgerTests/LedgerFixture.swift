import Foundation
import GRDB
import Ledger
import LedgerTestKit
import TestKit

@testable import SQLiteLedger

extension TemporaryFolder {
    /// Where the ledger of a test is.
    var ledger: String { path("users.csv.ledger") }

    /// What a killed process would leave behind: the files as they are at this moment, in a folder of their own.
    func crashImage() throws -> TemporaryFolder {
        let image = try TemporaryFolder()
        for name in try names where !name.hasSuffix("-shm") {
            try FileManager.default.copyItem(atPath: path(name), toPath: image.path(name))
        }
        return image
    }
}

func execute(_ path: String, _ sql: String) throws {
    let connection = try DatabaseQueue(path: path)
    try connection.writeWithoutTransaction { try $0.execute(sql: sql) }
    try connection.close()
}

func permissions(_ path: String) throws -> Int? {
    try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
}

/// What opening for writing throws, or nil.
func openingError(_ path: String) -> LedgerError? {
    do throws(LedgerError) {
        _ = try SQLiteLedger.open(at: path, now: { moment })
        return nil
    } catch {
        return error
    }
}

/// What opening for reading throws, or nil.
func readingError(_ path: String) -> LedgerError? {
    do throws(LedgerError) {
        _ = try SQLiteLedgerReader(path: path)
        return nil
    } catch {
        return error
    }
}

/// Another process, one of `Tests/StandIns`, that says something on standard output and ends with its standard input.
final class OtherProcess {
    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()

    init(_ name: String, _ arguments: [String]) throws {
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = StandIn.command(name) + arguments
        process.standardInput = input
        process.standardOutput = output
        try process.run()
    }

    deinit {
        if process.isRunning { kill() }
    }

    var processID: Int32 { process.processIdentifier }

    /// Blocks until the script has said a line, or has ended.
    func waitForLine() -> String {
        var line = Data()
        while line.last != UInt8(ascii: "\n") {
            let more = output.fileHandleForReading.availableData
            guard !more.isEmpty else { break }
            line += more
        }
        return String(decoding: line, as: UTF8.self)
    }

    /// Ends it as `kill -9` does, and waits until it is gone.
    func kill() {
        Glibc.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    func waitUntilExit() {
        process.waitUntilExit()
    }
}
