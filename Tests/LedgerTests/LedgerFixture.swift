import Foundation
import GRDB
import Ledger
import LedgerTestKit

@testable import SQLiteLedger

/// A folder of its own for one test, removed with the last reference to it.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.appending(path: "ledger-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    func file(_ name: String = "users.csv.ledger") -> String {
        "\(path)/\(name)"
    }

    var names: [String] {
        get throws { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }
    }

    /// What a killed process would leave behind: the files as they are at this moment, in a folder of their own.
    func crashImage() throws -> TemporaryFolder {
        let image = try TemporaryFolder()
        for name in try names where !name.hasSuffix("-shm") {
            try FileManager.default.copyItem(atPath: file(name), toPath: image.file(name))
        }
        return image
    }
}

/// A ledger with a run that goes on.
func openRun(_ path: String, id: String = "run-1", input: String = "/data/users.csv") throws -> SQLiteLedger {
    let ledger = try SQLiteLedger.open(at: path, now: { moment })
    try ledger.beginRun(RunStart(id: id, source: "users.csv", inputName: input))
    return ledger
}

/// All rows of the view, through a connection that knows nothing of this module.
func results(_ path: String) throws -> [[String: String]] {
    try rows(path, "SELECT * FROM results ORDER BY line, key")
}

func rows(_ path: String, _ sql: String) throws -> [[String: String]] {
    let connection = try DatabaseQueue(path: path)
    defer { try? connection.close() }
    return try connection.read { database in
        try Row.fetchAll(database, sql: sql).map { row in
            var values: [String: String] = [:]
            for (column, value) in row where !value.isNull {
                values[column] = String.fromDatabaseValue(value) ?? Int.fromDatabaseValue(value).map(String.init)
            }
            return values
        }
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

/// Another process, a Python script that says something on standard output and ends with its standard input.
final class OtherProcess {
    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()

    init(script: String, arguments: [String]) throws {
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", "-c", script] + arguments
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
