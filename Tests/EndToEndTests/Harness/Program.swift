import Foundation
import TestKit

/// How a program ended and what it said.
struct Outcome: Sendable {
    /// The exit code, or minus the number of the signal that killed it.
    var exitCode: Int32
    var output: String
    var errors: String

    /// What it wrote to standard error, without the time before each line.
    var messages: String {
        errors.replacing(/(?m)^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\s/, with: "")
    }

    /// Standard output as one JSON object.
    func json<Value: Decodable>(_ type: Value.Type) throws -> Value {
        try Self.decoder.decode(type, from: Data(output.utf8))
    }

    /// For what pinglink prints: its members are in snake case.
    static var decoder: JSONDecoder {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return decoder
    }
}

/// A program of this package, or one of the system, started as a process of its own.
final class Program: Sendable {
    enum Failure: Error {
        case notBuilt(String)
    }

    private let process = Process()
    private let ending: AsyncStream<Void>
    private let said: TemporaryFolder

    /// Starts it with this environment and no other; without `input` it reads `/dev/null`, without a pipe its output is
    /// kept for ``outcome()``.
    init(
        _ executable: URL,
        _ arguments: [String],
        environment: [String: String],
        folder: URL,
        input: URL? = nil,
        output: Pipe? = nil
    ) throws {
        said = try TemporaryFolder()
        let (ending, hasEnded) = AsyncStream<Void>.makeStream()
        self.ending = ending
        process.executableURL = executable
        process.arguments = arguments
        process.environment = environment
        process.currentDirectoryURL = folder
        process.standardInput = try input.map { try FileHandle(forReadingFrom: $0) } ?? FileHandle.nullDevice
        process.standardOutput = try output ?? Self.newFile("output", in: said)
        process.standardError = try Self.newFile("errors", in: said)
        process.terminationHandler = { _ in hasEnded.finish() }
        try process.run()
    }

    private static func newFile(_ name: String, in folder: TemporaryFolder) throws -> FileHandle {
        try FileHandle(forWritingTo: URL(filePath: folder.write(name, "")))
    }

    var processID: Int32 { process.processIdentifier }

    func send(_ signal: Int32) {
        kill(process.processIdentifier, signal)
    }

    /// What it has written to standard error so far.
    var errors: String { text("errors") }

    /// Returns when the program has said so on standard error.
    func hasSaid(_ text: String) async throws {
        try await waitUntil { errors.contains(text) }
    }

    /// Waits for its end; a test that is cancelled kills it. To be called once.
    func outcome() async -> Outcome {
        await withTaskCancellationHandler {
            for await _ in ending {}
        } onCancel: {
            send(SIGKILL)
        }
        // The stream also ends with the task; then the process is about to.
        process.waitUntilExit()
        return Outcome(
            exitCode: process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus,
            output: text("output"),
            errors: text("errors")
        )
    }

    /// Lets `body` use it and kills it afterwards, whatever happens.
    func whileRunning<Value>(_ body: () async throws -> Value) async throws -> Value {
        let result: Result<Value, any Error>
        do {
            result = .success(try await body())
        } catch {
            result = .failure(error)
        }
        send(SIGKILL)
        _ = await outcome()
        return try result.get()
    }

    /// Empty for an output that goes into a pipe.
    private func text(_ name: String) -> String { String(decoding: said.bytes(name) ?? Data(), as: UTF8.self) }
}

extension Program {
    /// Runs a program of the system to its end.
    static func run(
        _ name: String,
        _ arguments: [String],
        folder: URL,
        input: URL? = nil
    ) async throws -> Outcome {
        let environment = ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin", "LC_ALL": "C.UTF-8"]
        return try await Program(
            URL(filePath: "/usr/bin/env"),
            [name] + arguments,
            environment: environment,
            folder: folder,
            input: input
        ).outcome()
    }

    /// Starts one of `Tests/StandIns`, found on the PATH of the tests, with this environment besides.
    static func standIn(
        _ name: String,
        _ arguments: [String],
        environment: [String: String] = ["LC_ALL": "C.UTF-8"],
        folder: URL,
        input: URL? = nil
    ) throws -> Program {
        let path = ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"]
        return try Program(
            URL(filePath: "/usr/bin/env"),
            StandIn.command(name) + arguments,
            environment: environment.merging(path) { $1 },
            folder: folder,
            input: input
        )
    }

    /// A program of this package: in the folder that `PINGLINK_BINARIES` names, else beside the tests.
    static func built(_ name: String) throws -> URL {
        if let folder = ProcessInfo.processInfo.environment["PINGLINK_BINARIES"] {
            return URL(filePath: folder).appending(path: name)
        }
        var folder = URL(filePath: Bundle.main.executablePath ?? CommandLine.arguments[0]).deletingLastPathComponent()
        while folder.path.count > 1 {
            let candidate = folder.appending(path: name)
            if FileManager.default.isExecutableFile(atPath: candidate.path) { return candidate }
            folder.deleteLastPathComponent()
        }
        let candidate = repository.appending(path: ".build/debug/\(name)")
        guard FileManager.default.isExecutableFile(atPath: candidate.path) else { throw Failure.notBuilt(name) }
        return candidate
    }

    /// The root of the repository; the samples and scripts are there.
    static var repository: URL {
        URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
    }

    static func sample(_ name: String) -> URL {
        repository.appending(path: "samples/\(name)")
    }
}
