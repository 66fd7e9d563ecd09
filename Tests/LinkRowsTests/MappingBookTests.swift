import CSVReading
import PingOneAPI
import Synchronization
import TestKit
import Testing

@testable import LinkRows

@Suite("The mappings of the rows of one input")
struct MappingBookTests {
    private static let other = "550d3bdf-554b-4f9d-8825-ece15308673d"
    private static let mappings = [
        SampleIDs.provider: [AttributeMapping.of("username", "${providerAttributes.id}")],
        other: [AttributeMapping.of("username", "${providerAttributes.sub}")],
    ]

    /// Keeps what was asked for and what was said.
    private final class Record: Sendable {
        private let texts = Mutex<[String]>([])

        var all: [String] { texts.withLock { $0 } }

        func add(_ text: String) {
            texts.withLock { $0.append(text) }
        }
    }

    private let asked = Record()
    private let said = Record()

    private func book(_ source: MappingBook.Source? = nil) -> MappingBook {
        let fetch: @Sendable (String) -> [AttributeMapping]? = { [asked] id in
            asked.add(id)
            return Self.mappings[id]
        }
        return MappingBook(source ?? .identityProviders(fetch: fetch)) { [said] in said.add($0) }
    }

    private func plan(_ header: String...) throws -> ColumnPlan {
        try ColumnPlan(
            header: CSVRecord(line: 1, fields: ["userID", "externalId"] + header),
            options: ColumnPlan.Options(acceptsProviderAttributes: true)
        )
    }

    private func columns(_ book: MappingBook, _ id: String, _ plan: ColumnPlan) throws -> Set<Int> {
        book.bindings(of: try #require(UUIDText(id)), named: id, to: plan).columns
    }

    @Test("an identity provider's mappings are fetched once, however its id is written")
    func once() throws {
        let book = book()
        let plan = try plan("providerAttributes.id", "providerAttributes.sub")
        book.prepare(for: [SampleIDs.provider, Self.other], plan: plan)
        book.prepare(for: [SampleIDs.provider], plan: plan)
        #expect(try columns(book, SampleIDs.provider.uppercased(), plan) == [2])
        #expect(try columns(book, Self.other, plan) == [3])
        #expect(asked.all == [SampleIDs.provider, Self.other])
        #expect(said.all == [])
    }

    @Test("of a provider that is met later the mappings are fetched then; nothing is told twice")
    func later() throws {
        let book = book()
        let plan = try plan("providerAttributes.id", "providerAttributes.a", "providerAttributes.b")
        book.prepare(for: [], plan: plan)
        #expect(asked.all == [])
        for _ in 1...2 {
            #expect(try columns(book, SampleIDs.provider, plan) == [2])
            #expect(try columns(book, Self.other, plan) == [])
        }
        #expect(asked.all == [SampleIDs.provider, Self.other])
        #expect(
            said.all == [
                "No mapping of identity provider \(SampleIDs.provider) reads the columns \"providerAttributes.a\", "
                    + "\"providerAttributes.b\": what they hold is not sent.",
                "The mapping \"username\" of identity provider \(Self.other): it reads the column "
                    + "\"providerAttributes.sub\", which the header does not have: as if its cells were empty. If "
                    + "another column holds it: --map 'COLUMN=providerAttributes.sub'.",
            ]
        )
    }

    @Test("a column is unread when no provider of the file reads it")
    func unread() throws {
        book().prepare(
            for: [SampleIDs.provider, Self.other],
            plan: try plan("providerAttributes.sub", "providerAttributes.id", "providerAttributes.spare")
        )
        #expect(
            said.all == [
                "No mapping of identity provider \(SampleIDs.provider), identity provider \(Self.other) reads the "
                    + "column \"providerAttributes.spare\": what it holds is not sent."
            ]
        )
    }

    @Test("mappings that cannot be had are asked for once, and nothing is said of columns")
    func failed() throws {
        let book = book()
        let plan = try plan("providerAttributes.id")
        let unknown = SampleIDs.user(7)
        for _ in 1...2 { #expect(try columns(book, unknown, plan) == []) }
        #expect(asked.all == [unknown])
        #expect(said.all == [])
    }

    @Test("mappings from a file hold for all providers")
    func file() throws {
        let book = book(.file(name: "m.csv", [.of("email", "${providerAttributes.email}")]))
        let plan = try plan("providerAttributes.email", "providerAttributes.id")
        for _ in 1...2 { book.prepare(for: [SampleIDs.provider], plan: plan) }
        for id in [SampleIDs.provider, Self.other] { #expect(try columns(book, id, plan) == [2]) }
        #expect(
            said.all == ["No mapping of m.csv reads the column \"providerAttributes.id\": what it holds is not sent."]
        )
    }
}
