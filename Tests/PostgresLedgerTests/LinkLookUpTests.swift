import Ledger
import LedgerTestKit
import Testing

@testable import PostgresLedger

@Suite("What a ledger in a database knows of links")
struct LinkLookUpTests {
    private let schema: LedgerSchemaFixture

    init() throws {
        schema = try LedgerSchemaFixture()
    }

    @Test("comes in the order of the questions, for a key that is asked for twice as well")
    func order() throws {
        let links = LinkLookUp(try schema.make(links: 5), thisRun: 1)
        let found = try links.find([key(4), key(9), key(1), key(4), key(2)])
        #expect(found.map { $0?.line } == [5, nil, 2, 5, 3])
        #expect(found.map { $0?.isOfThisRun } == [true, nil, true, true, true])
        #expect(try links.find([LinkKey]()).isEmpty)
    }

    @Test("is found in any spelling of the UUIDs, but not of the external id")
    func spelling() throws {
        let links = LinkLookUp(try schema.make(links: 1), thisRun: nil)
        var upper = key(1)
        upper.environment = upper.environment.uppercased()
        upper.userID = upper.userID.uppercased()
        upper.identityProviderID = upper.identityProviderID.uppercased()
        #expect(try links.find([upper, key(1, account: "ACCOUNT 1")]).map { $0?.isOfThisRun } == [false, nil])
    }

    @Test(
        "has texts of all kinds for what they are",
        arguments: ["00123", "1e5", "é", "e\u{301}", "a'\"b", "a\\b", "{a,b}", "NULL", "", "💶", "a\nb\tc"]
    )
    func texts(account: String) throws {
        let connection = try schema.make(links: 0)
        try schema.insert([key(1, account: account)], state: .linked, connection)
        let others = ["e\u{301}", "é", "b", "null"].filter { !$0.utf8.elementsEqual(account.utf8) }
        let found = try LinkLookUp(connection, thisRun: nil).find(([account] + others).map { key(1, account: $0) })
        #expect(found.map { $0 != nil } == [true] + others.map { _ in false })
    }

    @Test("is not another key's that has the same hash")
    func collision() throws {
        let connection = try schema.make(links: 3)
        try connection.query("UPDATE links SET key_hash = $1", PostgresValue(LinkKey.storedHash(key(2))))
        let links = LinkLookUp(connection, thisRun: nil)
        #expect(try links.find([key(2), key(3)]).map { $0?.line } == [3, nil])
    }

    @Test("by an alias is the link that the last run has touched")
    func alias() throws {
        let connection = try schema.make(links: 3)
        try connection.run(
            "UPDATE links SET user_alias = -5, external_id = 'same'; UPDATE links SET run = 2 WHERE line = 3"
        )
        let alias = LinkAlias(
            environment: environment.uppercased(),
            userAlias: UInt64(bitPattern: -5),
            identityProviderID: provider,
            externalID: "same"
        )
        var other = alias
        other.userAlias = 4
        #expect(try LinkLookUp(connection, thisRun: nil).find([other, alias]).map { $0?.line } == [nil, 3])
    }

    @Test("reads the rows that it is asked for, also of a table that has grown since the last statistics")
    func plan() throws {
        let connection = try schema.make(links: 0)
        try connection.run("ANALYZE")
        try schema.insert((1...20_000).map { key($0) }, state: .linked, connection)
        let links = LinkLookUp(connection, thisRun: nil)
        let asked = (1...200).map { candidate($0 * 90, account: "account \($0 * 90 + 1)") }
        // The server writes its counts down between transactions, when it likes: they are compared within one.
        try connection.run("BEGIN")
        let before = try scans(connection)
        #expect(try links.find(asked.map(\.key)).allSatisfy { $0 == nil })
        #expect(
            try links.rivals(of: asked, known: asked.map { _ in nil }).map { $0?.line } == asked.map { $0.line + 1 }
        )
        #expect(try scans(connection) == before)
    }

    /// How often this connection has read all of `links` since the server last wrote its counts down.
    private func scans(_ connection: PostgresConnection) throws -> Int {
        try connection.query("SELECT seq_scan FROM pg_stat_xact_user_tables WHERE relid = 'links'::regclass")
            .row(0).int(0)
    }
}

@Suite("An account that another user's row has claimed in a ledger in a database")
struct RivalClaimTests {
    private let schema: LedgerSchemaFixture

    init() throws {
        schema = try LedgerSchemaFixture()
    }

    /// The claim of user 1's row on the account that user 2 asks for, after a change of that row.
    private func claim(after change: String, known: KnownLink? = nil, alias: UInt64? = nil) throws -> RivalClaim? {
        let connection = try schema.make(links: 1)
        try connection.run(change)
        var asked = candidate(2, account: "account 1")
        asked.userAlias = alias
        let claims = try LinkLookUp(connection, thisRun: nil).rivals(of: [asked, candidate(1)], known: [known, nil])
        #expect(claims[1] == nil)
        return claims[0]
    }

    private let theClaim = RivalClaim(line: 2, source: "users.csv")

    @Test(
        "is claimed by what is linked or may be",
        arguments: ["state = 1", "state = 2", "state = 6", "state = 7", "state = 5, doubt = 1"]
    )
    func claimed(change: String) throws {
        #expect(try claim(after: "UPDATE links SET \(change)") == theClaim)
    }

    @Test(
        "is free after what is certainly not linked",
        arguments: ["state = 3", "state = 5", "state = 8", "state = 5, doubt = 2"]
    )
    func free(change: String) throws {
        #expect(try claim(after: "UPDATE links SET \(change)") == nil)
    }

    @Test("is this row's own past where that is in doubt and its user had the same name")
    func ownPast() throws {
        #expect(try claim(after: "UPDATE links SET state = 6, user_alias = 9", alias: 9) == nil)
    }

    @Test("is claimed by a row in doubt whose user had another name, and by one that is linked")
    func otherName() throws {
        #expect(try claim(after: "UPDATE links SET state = 6, user_alias = 8", alias: 9) == theClaim)
    }

    @Test("is claimed by a linked row whatever its user was called")
    func linkedName() throws {
        #expect(try claim(after: "UPDATE links SET user_alias = 9", alias: 9) == theClaim)
    }

    @Test(
        "is free when the last verification has missed the link, until a run has touched it",
        arguments: [(1, 1, true), (2, 1, false), (3, 1, false), (2, 0, true), (3, 0, true)]
    )
    func missing(result: Int, lastRun: Int, isClaimed: Bool) throws {
        let change = """
            INSERT INTO verifications (environment, started_ms, last_run) VALUES (1, 0, \(lastRun));
            INSERT INTO checks (link, result) VALUES (1, \(result))
            """
        #expect(try claim(after: change) == (isClaimed ? theClaim : nil))
    }

    @Test("is not asked about for a link that is there or may be")
    func known() throws {
        var known = KnownLink(
            state: .linked,
            content: 7,
            attempts: 1,
            posts: 1,
            line: 2,
            isOfThisRun: false,
            row: 9,
            run: 1,
            updatedMilliseconds: 0
        )
        #expect(try claim(after: "SELECT 1", known: known) == nil)
        known.state = .rejected
        let other = try LedgerSchemaFixture()
        let links = LinkLookUp(try other.make(links: 1), thisRun: nil)
        #expect(try links.rivals(of: [candidate(2, account: "account 1")], known: [known]) == [theClaim])
    }
}
