import FoundationEssentials
import Pacing
import PostgresTestKit
import Synchronization
import TestKit
import Testing

@testable import PostgresLedger

@Suite("A pace in a database")
struct PostgresPacePlaceTests {
    private static let printsTable = ProcessInfo.processInfo.environment["PACING_TABLE"] != nil

    private let server: PostgresServer
    private let address: PostgresAddress

    init() throws {
        server = try PostgresServer.shared()
        address = try Self.makeLedger(on: server)
    }

    private static func makeLedger(on server: PostgresServer) throws -> PostgresAddress {
        let address = try PostgresAddress(server.uri, schema: server.newSchema())
        try PostgresSchema.migrate(try PostgresConnection(address), address, salt: 1)
        return address
    }

    @Test("is replaced by who has read it last, and by nobody else")
    func replaced() throws {
        let first = PostgresPacePlace(address, environment: "ABC")
        let second = PostgresPacePlace(address, environment: "abc")
        let nothing = try first.read()
        #expect(nothing.text == nil && nothing.version == 0)
        #expect(try first.replace(0, with: #"{"a":"it's"}"#))
        #expect(try !second.replace(0, with: "b"))
        let reading = try second.read()
        #expect(reading.text == #"{"a":"it's"}"#)
        #expect(try second.replace(reading.version, with: "c"))
        #expect(try !first.replace(reading.version, with: "d"))
        #expect(try first.read().text == "c")
    }

    @Test("each environment has its own")
    func environments() throws {
        #expect(try PostgresPacePlace(address, environment: "one").replace(0, with: "1"))
        #expect(try PostgresPacePlace(address, environment: "two").read().text == nil)
    }

    @Test("the clock is the server's and goes on")
    func clock() throws {
        let place = PostgresPacePlace(address, environment: "one")
        let first = try place.read().clock
        let rows = try server.rows("SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint")
        let between = try #require(rows.first?.first.flatMap(Int64.init))
        #expect(try first < between && between < place.read().clock)
    }

    @Test("a server that was away is found again")
    func restart() throws {
        let server = try PostgresServer()
        let place = PostgresPacePlace(try Self.makeLedger(on: server), environment: "one")
        #expect(try place.replace(0, with: "1"))
        try server.stop()
        #expect(throws: PostgresError.self) { try place.read() }
        #expect(throws: PostgresError.self) { try place.read() }
        try server.start()
        // Commits wait for no disk, so that a crash may lose the last ones.
        #expect(try place.replace(try place.read().version, with: "2"))
        #expect(try place.read().text == "2")
    }

    @Test("several pacers together keep to a rate")
    func together() async throws {
        let stop = StopSignal()
        let sent = Sendings()
        let pacers = (0..<4).map { _ in
            Pacer(.fixed(200), sharedAt: PostgresPacePlace(address, environment: "one"), time: SystemTime())
        }
        await withTaskGroup { group in
            for index in 0..<32 {
                let pacer = pacers[index % 4]
                group.addTask { await Self.work(pacer, sent, until: 600, stop) }
            }
        }
        let instants = sent.sorted
        for (earlier, later) in zip(instants, instants.dropFirst(200)) {
            #expect(earlier.duration(to: later) >= .seconds(1))
        }
        if Self.printsTable, let first = instants.first, let last = instants.last {
            print("four pacers at 200/s: \(instants.count) turns in \(first.duration(to: last))")
        }
    }

    /// Takes turns on a thread of its own until all together have so many.
    private static func work(_ pacer: Pacer, _ sent: Sendings, until count: Int, _ stop: StopSignal) async {
        await onThread {
            while case .go(let sentAt) = pacer.waitForTurn(unless: stop) {
                if sent.note(sentAt) >= count { stop.raise() }
                _ = pacer.record(.answered(latency: .milliseconds(1)), sentAt: sentAt)
            }
        }
    }
}

/// When turns were taken, on any thread.
private final class Sendings: Sendable {
    private let instants = Mutex<[ContinuousClock.Instant]>([])

    /// - Returns: how many there are now.
    func note(_ instant: ContinuousClock.Instant) -> Int {
        instants.withLock { instants in
            instants.append(instant)
            return instants.count
        }
    }

    var sorted: [ContinuousClock.Instant] { instants.withLock { $0.sorted() } }
}
