import Foundation
import TestKit

/// A simulated PingOne in a process of its own, on a port of its own.
struct RunningSimulator: Sendable {
    private let program: Program
    /// What it tells a shell to export.
    let environment: [String: String]

    enum Failure: Error {
        case notReady(String)
        case badAnswer(String)
    }

    /// Starts one, lets `body` use it and stops it, whatever happens.
    static func with<Value>(
        _ arguments: [String],
        _ body: (RunningSimulator) async throws -> Value
    ) async throws -> Value {
        let folder = try TemporaryFolder()
        let pipe = Pipe()
        let program = try Program(
            try Program.built("pingone-simulator"),
            ["--port", "0"] + arguments,
            environment: ["HOME": folder.path],
            folder: folder.url,
            output: pipe
        )
        return try await program.whileRunning {
            let environment = try await exports(from: pipe, of: program)
            return try await body(RunningSimulator(program: program, environment: environment))
        }
    }

    /// Waits for the export lines: they mean that it is ready.
    private static func exports(from pipe: Pipe, of program: Program) async throws -> [String: String] {
        let (chunks, source) = AsyncStream<Data>.makeStream()
        pipe.fileHandleForReading.readabilityHandler = { handle in
            let data = handle.availableData
            if data.isEmpty { source.finish() } else { source.yield(data) }
        }
        defer { pipe.fileHandleForReading.readabilityHandler = nil }
        var text = ""
        for await chunk in chunks {
            text += String(decoding: chunk, as: UTF8.self)
            guard text.count(where: { $0 == "\n" }) >= 6 else { continue }
            let pairs = text.split(separator: "\n").map { line in
                line.dropFirst("export ".count).split(separator: "=", maxSplits: 1).map(String.init)
            }
            return Dictionary(uniqueKeysWithValues: pairs.map { ($0[0], $0[1]) })
        }
        throw Failure.notReady(program.errors)
    }

    private func fetch(_ path: String, _ arguments: [String] = []) async throws -> Data {
        let url = (environment["PINGONE_AUTH_URL"] ?? "") + path
        let answer = try await Program.run(
            "curl",
            ["--silent", "--fail-with-body", "--noproxy", "*", url] + arguments,
            folder: URL(filePath: "/")
        )
        guard answer.exitCode == 0 else { throw Failure.badAnswer(answer.output + answer.errors) }
        return Data(answer.output.utf8)
    }

    /// Changes limits, delays and faults from the next request on.
    func change(_ settings: String) async throws {
        _ = try await fetch("/_simulator/settings", ["--data", settings])
    }

    /// Makes all tokens that were issued so far invalid.
    func revokeTokens() async throws {
        _ = try await fetch("/_simulator/tokens/revoke", ["--request", "POST"])
    }

    /// An access token as the worker application gets it.
    func freshToken() async throws -> String {
        struct Answer: Decodable {
            var accessToken: String
        }
        let client = ["PINGONE_CLIENT_ID", "PINGONE_CLIENT_SECRET"].map { environment[$0] ?? "" }.joined(separator: ":")
        let path = "/\(environment["PINGONE_ENVIRONMENT_ID"] ?? "")/as/token"
        let answer = try await fetch(path, ["--user", client, "--data", "grant_type=client_credentials"])
        return try Outcome.decoder.decode(Answer.self, from: answer).accessToken
    }

    func counters() async throws -> Counters {
        try JSONDecoder().decode(Overview.self, from: try await fetch("/_simulator/counters")).counters
    }

    /// All links that exist now.
    func links() async throws -> [Link] {
        try JSONDecoder().decode(Overview.self, from: try await fetch("/_simulator")).links ?? []
    }

    func journal() async throws -> [JournalEntry] {
        try await fetch("/_simulator/journal").split(separator: UInt8(ascii: "\n")).map {
            try JSONDecoder().decode(JournalEntry.self, from: $0)
        }
    }

    /// Removes a link behind the client's back.
    func removeLink(_ linkedAccountID: String) async throws {
        _ = try await fetch("/_simulator/links?linkedAccountID=\(linkedAccountID)", ["--request", "DELETE"])
    }

    /// Returns when it has seen so many POSTs, the ones it refused included.
    func hasSeen(posts count: Int) async throws {
        try await hasSeen("POST linkedAccounts", count)
    }

    /// The same for requests of another kind, such as `GET linkedAccounts`.
    func hasSeen(_ route: String, _ count: Int) async throws {
        try await waitUntil { try await counters().requestsByRoute[route, default: 0] >= count }
    }

    /// Returns when it has answered with this status.
    func hasAnswered(with status: Int) async throws {
        try await waitUntil { try await counters().statuses["\(status)", default: 0] > 0 }
    }

    /// Returns when there are so many links.
    func hasLinked(_ count: Int) async throws {
        try await waitUntil { try await links().count >= count }
    }

    struct Counters: Decodable {
        var requests: Int
        var requestsByRoute: [String: Int]
        var statuses: [String: Int]
        var tokensIssued: Int
        var throttled: Int

        var posts: Int { requestsByRoute["POST linkedAccounts"] ?? 0 }
    }

    struct Link: Decodable, Hashable {
        var userID: String
        var identityProviderID: String
        var externalID: String
        var linkedAccountID: String
        var createdBy: String?
    }

    private struct Overview: Decodable {
        var counters: Counters
        var links: [Link]?
    }
}
