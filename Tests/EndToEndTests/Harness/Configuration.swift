import Foundation
import TestKit
import Testing

/// A folder with a `pinglink.yaml`, and what pinglink makes of it; no PingOne.
struct Configuration: Sendable {
    let folder: TemporaryFolder

    init(_ yaml: String) throws {
        folder = try TemporaryFolder()
        try folder.write("pinglink.yaml", yaml)
    }

    func run(_ arguments: [String], environment: [String: String] = [:]) async throws -> Outcome {
        try await Program(
            try Program.built("pinglink"),
            arguments,
            environment: ["HOME": folder.path].merging(environment) { $1 },
            folder: folder.url
        ).outcome()
    }

    /// What `config show --json` says with these arguments; whether an import could use the values does not matter.
    func show(_ arguments: [String] = [], environment: [String: String] = [:]) async throws -> ShownSettings {
        let outcome = try await run(["config", "show", "--json"] + arguments, environment: environment)
        try #require(outcome.output != "", "\(outcome.errors)")
        return try outcome.json(ShownSettings.self)
    }

    func shown(_ name: String) async throws -> ShownSettings.Setting? {
        try await show().settings[name]
    }
}

/// What `config show --json` prints.
struct ShownSettings: Decodable {
    struct Setting: Decodable, Equatable {
        var value: Value?
        var source: String?
        var place: String?
    }

    enum Value: Decodable, Equatable {
        case one(String)
        case many([String])

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let text = try? container.decode(String.self) {
                self = .one(text)
            } else {
                self = .many(try container.decode([String].self))
            }
        }
    }

    var configurationFile: String?
    var profile: String?
    var lookedFor: [String]
    var signsOnWith: String?
    var settings: [String: Setting]
}
