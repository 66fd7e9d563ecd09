import CSVReading
import Ledger
import Pacing
import PingOneAPI
import Testing

@testable import LinkImport
@testable import LinkRows
@testable import PingOneClient

@Suite("The fingerprint of how a file is read")
struct FingerprintTests {
    private static let idp = "302990c0-289d-40ec-a2ff-e7c7fd0cca63"

    private static func options() -> ImportRun.Options {
        ImportRun.Options(
            runID: "run-1",
            version: "1.0.0",
            inputName: "in.csv",
            reading: ReadingOptions(delimiter: .comma, columns: .init(), identityProvider: idp),
            rejectsPath: "rejects.csv",
            retryPath: "retry.csv"
        )
    }

    private static func book(_ mappings: AttributeMapping...) -> MappingBook {
        MappingBook(.file(name: "mappings.csv", mappings)) { _ in }
    }

    private static func mapping(
        _ name: String = "email",
        _ value: String = "${providerAttributes.mail}",
        _ update: AttributeUpdate = .emptyOnly
    ) -> AttributeMapping {
        AttributeMapping(name: name, value: value, update: update)
    }

    private func fingerprint(_ options: ImportRun.Options, environment: String = "e", salt: UInt64 = 1) -> UInt64? {
        options.fingerprint(environment: environment, salt: salt)
    }

    @Test("differs with each setting that decides what becomes of a row")
    func differs() throws {
        let changes: [(inout ImportRun.Options) throws -> Void] = [
            { _ in },
            { $0.version = "1.0.1" },
            { $0.isStrict = true },
            { $0.reading.delimiter = .tab },
            { $0.reading.delimiter = .auto },
            { $0.reading.encoding = try #require(TextEncoding("windows-1252")) },
            { $0.reading.acceptsDamagedIDs = true },
            { $0.reading.identityProvider = nil },
            { $0.reading.identityProvider = "" },
            { $0.reading.identityProvider = "302990c0-289d-40ec-a2ff-e7c7fd0cca64" },
            { $0.reading.userKey = .username },
            { $0.reading.userKey = .email },
            { $0.reading.columns.update = .always },
            { $0.reading.columns.ignored = ["a"] },
            { $0.reading.columns.ignored = ["a", "b"] },
            { $0.reading.columns.ignored = ["ab"] },
            { $0.reading.columns.ignoresUnknown = true },
            { $0.reading.columns.acceptsProviderAttributes = true },
            { $0.reading.columns.map = [try Self.renaming("a=userID")] },
            { $0.reading.columns.map = [try Self.renaming("a=externalId")] },
            { $0.reading.columns.map = [try Self.renaming("a=userID"), try Self.renaming("b=externalId")] },
            { $0.reading.columns.map = [try Self.renaming("b=externalId"), try Self.renaming("a=userID")] },
            { $0.reading.mappings = Self.book(Self.mapping()) },
            { $0.reading.mappings = Self.book(Self.mapping("nickname")) },
            { $0.reading.mappings = Self.book(Self.mapping("email", "x")) },
            { $0.reading.mappings = Self.book(Self.mapping("email", "x", .always)) },
            { $0.reading.mappings = Self.book(Self.mapping(), Self.mapping("nickname")) },
        ]
        let all = try changes.map { change in
            var options = Self.options()
            try change(&options)
            return try #require(fingerprint(options))
        }
        #expect(Set(all).count == changes.count)
        #expect(Set(all).isDisjoint(with: [fingerprint(Self.options(), environment: "f") ?? all[0]]))
        #expect(Set(all).isDisjoint(with: [fingerprint(Self.options(), salt: 2) ?? all[0]]))
    }

    private static func renaming(_ argument: String) throws -> ColumnPlan.Options.Mapping {
        try #require(ColumnPlan.Options.Mapping(argument: argument))
    }

    @Test("is the same for settings that only say how open rows are sent, and where the results go")
    func same() {
        var options = Self.options()
        options.runID = "run-2"
        options.inputName = "moved.csv"
        options.concurrency = 1
        options.limit = 1
        options.resume = ResumePolicy(retrying: [.rejected])
        options.rejectsPath = "elsewhere.csv"
        options.retryPath = "elsewhere.too.csv"
        #expect(fingerprint(options) == fingerprint(Self.options()))
    }

    @Test("is none where an identity provider's own mappings count")
    func none() {
        var options = Self.options()
        options.reading.mappings = MappingBook(.identityProviders { _ in [] }) { _ in }
        #expect(fingerprint(options) == nil)
    }

    @Test("leaves out no setting: one that is added is to be put into it, or into the list of those that do not count")
    func complete() {
        let options = Self.options()
        func names(_ value: Any) -> [String] { Mirror(reflecting: value).children.compactMap(\.label) }
        #expect(
            names(options.reading) == [
                "encoding", "delimiter", "columns", "identityProvider", "mappings", "userKey", "acceptsDamagedIDs",
            ]
        )
        #expect(
            names(options.reading.columns) == [
                "update", "map", "ignored", "ignoresUnknown", "acceptsProviderAttributes",
                // Goes by the kind of run, and the other kind has a ledger of its own.
                "readsAttributes",
            ]
        )
        let withoutEffect = [
            // The other kind has a ledger of its own.
            "kind", "runID", "inputName", "part", "userIndex", "concurrency", "limit", "isDryRun",
            "resume", "breaker",
            "rejectsPath",
            "retryPath",
        ]
        #expect(names(options).filter { !withoutEffect.contains($0) } == ["version", "reading", "isStrict"])
    }
}
