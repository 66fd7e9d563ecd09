import Foundation
import HTTPTransport
import ImportTestKit
import Ledger
import Pacing
import PingOneAPI
import PingOneSimulator
import TestKit
import Testing

@testable import LinkImport
@testable import LinkRows
@testable import PingOneClient

@Suite("An import of users by name from the list of all")
struct UserIndexImportTests {
    private static func name(_ number: Int) -> String { "user-\(SampleIDs.user(number))@example.com" }

    private static func rows(_ numbers: some Sequence<Int>) -> String {
        "userID,externalId\n" + numbers.map { "\(name($0)),account-\($0)\n" }.joined()
    }

    private static func bench(users: Int = 2500) async throws -> ImportBench {
        try await bench("userID\n" + (1...users).map { SampleIDs.user($0) + "\n" }.joined())
    }

    private static func bench(_ list: String) async throws -> ImportBench {
        var configuration = SimulatorConfiguration()
        configuration.users = UserList(text: list.utf8)
        return try await ImportBench(configuration)
    }

    private static func setFaults(_ plan: String, of simulator: Simulator) {
        var settings = SimulatorSettings()
        settings.faults = (try? FaultPlan(plan)) ?? settings.faults
        try? simulator.change(to: settings)
    }

    /// Requests for users: for all of them (`limit=1`, `limit=1000`, …, also with a cursor), and by name.
    private struct Requests: Equatable {
        var list: [String]
        var byName: Int

        init(_ list: [String], _ byName: Int) {
            self.list = list
            self.byName = byName
        }
    }

    private func requests(_ bench: ImportBench) -> Requests {
        let queries = bench.simulator.journal.filter { $0.route == "users" }.map(\.query)
        return Requests(queries.filter { !$0.contains("filter=") }, queries.count { $0.contains("filter=") })
    }

    private static let list = ["limit=1000", "limit=1000&cursor=1000", "limit=1000&cursor=2000"]

    @Test("where that takes fewer requests, all are listed once, and rows take one request each")
    func fewer() async throws {
        let bench = try await Self.bench()
        let result = try await bench.run(Self.rows(1001...1300).replacing("user-", with: "USER-")) {
            $0.userKey = .username
            $0.userIndex = .auto
        }
        #expect(result.report.exitCode == 0)
        #expect(result.counts.linked == 300)
        #expect(requests(bench) == Requests(["limit=1"] + Self.list, 0))
        // Environment, identity provider, how many, three pages.
        #expect(result.counts.requests == 300 + 6)
        #expect(
            result.events.compactMap { if case .notice(let text) = $0 { text } else { nil } }
                == ["Listing the 2,500 users of the environment (--user-index) instead of looking each name up."]
        )
        try bench.expectAgreement(result)
        #expect(
            Dictionary(uniqueKeysWithValues: bench.simulator.links.map { ($0.externalID, $0.userID) })
                == Dictionary(uniqueKeysWithValues: (1001...1300).map { ("account-\($0)", SampleIDs.user($0)) })
        )
        let ledger = try Data(contentsOf: URL(filePath: bench.ledgerPath))
        #expect(ledger.range(of: Data("example.com".utf8)) == nil)
        await bench.simulator.stop()
    }

    @Test("a list of one user is told as one")
    func oneUser() async throws {
        let bench = try await Self.bench(users: 1)
        let result = try await bench.run(Self.rows(1...3)) {
            $0.userKey = .username
            $0.userIndex = .auto
        }
        let told = "Listing the one user of the environment (--user-index) instead of looking each name up."
        #expect(result.events.contains(.notice(told)))
        await bench.simulator.stop()
    }

    @Test("a name that the list lacks and that cannot be looked up is one row that fails, not the end of the run")
    func oneFails() async throws {
        let bench = try await Self.bench()
        let names = "userID,externalId\nnobody@example.com,account-0\n" + Self.rows(1001...1300).dropFirst(18)
        let result = try await bench.run(names) {
            $0.userKey = .username
            $0.userIndex = .always
            // Environment, identity provider and three pages are there, and from now on nothing can be read.
            $0.beforeSending = { if $0 == 6 { Self.setFaults("500=1,only=GET,on=all", of: bench.simulator) } }
        }
        #expect(result.report.stop == nil)
        #expect(result.counts.rows == 301)
        #expect(result.counts.linked == 300)
        #expect(requests(bench).byName == 8, "as often as --attempts says")
        await bench.simulator.stop()
    }

    @Test("the rows of a result file are not taken for those that its ledger has finished")
    func resultFile() async throws {
        let bench = try await Self.bench()
        _ = try await bench.run(Self.rows(1...500)) {
            $0.userKey = .username
            $0.userIndex = .auto
        }
        let before = requests(bench)
        _ = try await bench.run(file: bench.folder.write("in.csv.retry.csv", Self.rows(501...600))) {
            $0.runID = "run-2"
            $0.part = .retry
            $0.userKey = .username
            $0.userIndex = .auto
        }
        #expect(requests(bench) == Requests(before.list + ["limit=1"] + Self.list, before.byName))
        await bench.simulator.stop()
    }

    @Test("where it does not, each is looked up: as many pages as names, a limit, or most rows finished before")
    func more() async throws {
        let bench = try await Self.bench()
        _ = try await bench.run(Self.rows(1...3)) {
            $0.userKey = .username
            $0.userIndex = .auto
        }
        #expect(requests(bench) == Requests(["limit=1"], 3))
        _ = try await bench.run(Self.rows(1...50)) {
            $0.runID = "run-2"
            $0.userKey = .username
            $0.userIndex = .auto
            $0.limit = 3
        }
        #expect(requests(bench) == Requests(["limit=1", "limit=1"], 6))
        _ = try await bench.run(Self.rows(1...8)) {
            $0.runID = "run-3"
            $0.userKey = .username
            $0.userIndex = .auto
        }
        #expect(requests(bench) == Requests(["limit=1", "limit=1"], 8), "two names are not worth a question")
        let last = try await bench.run(Self.rows(1...12)) {
            $0.runID = "run-4"
            $0.userKey = .username
            $0.userIndex = .auto
        }
        #expect(last.counts.linked == 4)
        #expect(requests(bench) == Requests(["limit=1", "limit=1", "limit=1"] + Self.list, 8))
        let none = try await bench.run(Self.rows(1...12)) {
            $0.runID = "run-5"
            $0.userKey = .username
            $0.userIndex = .always
        }
        #expect(none.counts.requests == 0, "finished rows need no list")
        await bench.simulator.stop()
    }

    @Test("never, and always", arguments: [UserIndexChoice.never, .always])
    func told(choice: UserIndexChoice) async throws {
        let bench = try await Self.bench()
        let result = try await bench.run(Self.rows(choice == .never ? 1...40 : 1...2)) {
            $0.userKey = .email
            $0.userIndex = choice
        }
        #expect(result.report.exitCode == 0)
        #expect(requests(bench) == (choice == .never ? Requests([], 40) : Requests(Self.list, 0)))
        try bench.expectAgreement(result)
        await bench.simulator.stop()
    }

    @Test("standard input has no count: each is looked up, unless the list is asked for")
    func stream() async throws {
        for (choice, list, byName) in [(UserIndexChoice.auto, [], 40), (.always, Self.list, 0)] {
            let bench = try await Self.bench()
            let result = try await bench.stream(Self.rows(1...40)) {
                $0.userKey = .username
                $0.userIndex = choice
            }
            #expect(result.counts.linked == 40)
            #expect(requests(bench) == Requests(list, byName))
            await bench.simulator.stop()
        }
    }

    @Test("pages that are smaller than asked for make the list too long: what is left is looked up")
    func smallPages() async throws {
        let bench = try await Self.bench()
        let result = try await bench.run(Self.rows(1...30)) {
            $0.userKey = .username
            $0.userIndex = .auto
            $0.wire = { wire in
                Rewire(wire) { request, send throws(TransportError) in
                    var request = request
                    request.url = request.url.replacing("limit=1000", with: "limit=20")
                    return try send(request)
                }
            }
        }
        #expect(result.counts.linked == 30)
        #expect(requests(bench) == Requests(["limit=1", "limit=20"], 30))
        await bench.simulator.stop()
    }

    @Test("a page that fails is read again, not those before it")
    func failedPage() async throws {
        let bench = try await Self.bench()
        let simulator = bench.simulator
        let result = try await bench.run(Self.rows(1...100)) {
            $0.userKey = .username
            $0.userIndex = .auto
            // Environment, identity provider, how many, the first page; then the second one, twice without an answer.
            $0.beforeSending = { number in
                if number == 5 { Self.setFaults("reset-before=1,on=all", of: simulator) }
                if number == 7 { Self.setFaults("", of: simulator) }
            }
        }
        #expect(result.report.exitCode == 0)
        #expect(result.warnings == [])
        #expect(requests(bench).byName == 0)
        #expect(
            requests(bench).list == ["limit=1", Self.list[0], Self.list[1], Self.list[1], Self.list[1], Self.list[2]]
        )
        try bench.expectAgreement(result)
        await bench.simulator.stop()
    }

    @Test("a user whom the list lacks is looked up; nobody is invalid as ever; one who is gone is PingOne's 404")
    func lacking() async throws {
        let bench = try await Self.bench()
        let result = try await bench.run(Self.rows(Array(1...100) + [2501, 2600])) {
            $0.userKey = .username
            $0.userIndex = .auto
            $0.wire = { wire in
                Rewire(wire) { request, send throws(TransportError) in
                    var response = try send(request)
                    guard request.url.hasSuffix("users?limit=1000") else { return response }
                    // The list is from before user 7 was made, and from before user 2600 was deleted.
                    let text = String(decoding: response.body, as: UTF8.self)
                        .replacing("user-\(SampleIDs.user(7))@", with: "other@")
                        .replacing(SampleIDs.user(999), with: SampleIDs.user(2600))
                    response.body = Array(text.utf8)
                    return response
                }
            }
        }
        #expect(result.counts.linked == 100)
        #expect(result.counts.invalid == 1)
        #expect(result.counts.rejected == 1)
        #expect(requests(bench).byName == 2)
        #expect(bench.simulator.links.contains { $0.userID == SampleIDs.user(7) && $0.externalID == "account-7" })
        let rejects = try bench.folder.text("rejects.csv")
        #expect(rejects.contains("NO_SUCH_USER"))
        #expect(rejects.contains("HTTP 404"))
        try bench.expectAgreement(result)
        await bench.simulator.stop()
    }

    @Test("two users of one name are invalid, and nobody is asked about them")
    func ambiguous() async throws {
        let bench = try await Self.bench(
            """
            userID,email
            \(SampleIDs.user(1)),one@example.com
            \(SampleIDs.user(2)),both@example.com
            \(SampleIDs.user(3)),Both@example.com

            """
        )
        let result = try await bench.run(
            "userID,externalId\nBOTH@example.com,a\nONE@example.com,b\nboth@example.com,c\n"
        ) {
            $0.userKey = .email
            $0.userIndex = .auto
        }
        #expect(result.counts.linked == 1)
        #expect(result.counts.invalid == 2)
        #expect(requests(bench) == Requests(["limit=1", "limit=1000"], 0))
        #expect(bench.simulator.links.map(\.userID) == [SampleIDs.user(1)])
        #expect(
            try bench.folder.text("rejects.csv").contains(
                #""SEVERAL_USERS, column ""userID"": more than one user has this email","Name the user by the username"#
            )
        )
        try bench.expectAgreement(result)
        await bench.simulator.stop()
    }

    @Test("a stop in the middle of the list ends the run before a row is sent; the next one goes on")
    func stopped() async throws {
        let bench = try await Self.bench()
        let control = RunControl()
        let result = try await bench.run(Self.rows(1...100)) {
            $0.userKey = .username
            $0.userIndex = .auto
            $0.control = control
            $0.beforeSending = { number in if number == 5 { control.stop(.signal(15)) } }
        }
        #expect(result.report.exitCode == 143)
        #expect(result.counts.unsent == 100)
        #expect(result.warnings == [])
        #expect(requests(bench) == Requests(["limit=1", Self.list[0], Self.list[1]], 0))
        #expect(try bench.ledgerRows.isEmpty)
        let again = try await bench.run(Self.rows(1...100)) {
            $0.runID = "run-2"
            $0.userKey = .username
            $0.userIndex = .auto
        }
        #expect(again.report.exitCode == 0)
        try bench.expectAgreement(again)
        await bench.simulator.stop()
    }

    @Test("a list that is forbidden is warned of, and each name is looked up", arguments: ["?limit=1", "?limit=1000"])
    func forbidden(query: String) async throws {
        let bench = try await Self.bench()
        let result = try await bench.run(Self.rows(1...20)) {
            $0.userKey = .username
            $0.userIndex = .auto
            $0.wire = { wire in
                Rewire(wire) { request, send throws(TransportError) in
                    request.url.hasSuffix("users" + query) ? .problem(403, "ACCESS_FAILED") : try send(request)
                }
            }
        }
        #expect(result.report.exitCode == 0)
        #expect(result.counts.linked == 20)
        #expect(requests(bench).byName == 20)
        #expect(
            result.warnings
                == ["The users could not be listed (HTTP 403 ACCESS_FAILED): looking them up one by one."]
        )
        await bench.simulator.stop()
    }

    @Test("unlink and a dry run use the list too")
    func others() async throws {
        let bench = try await Self.bench()
        let dry = try await bench.run(Self.rows(1...30)) {
            $0.userKey = .username
            $0.userIndex = .auto
            $0.isDryRun = true
        }
        #expect(dry.report.exitCode == 0)
        #expect(bench.simulator.links.isEmpty)
        #expect(requests(bench) == Requests(["limit=1"] + Self.list, 0))
        _ = try await bench.run(SampleCSV.rows(1...30))
        let unlinked = try await bench.run(Self.rows(1...30)) {
            $0.runID = "run-2"
            $0.kind = .unlinking
            $0.userKey = .username
            $0.userIndex = .auto
        }
        #expect(unlinked.report.exitCode == 0)
        #expect(bench.simulator.links.isEmpty)
        #expect(requests(bench) == Requests(["limit=1"] + Self.list + ["limit=1"] + Self.list, 0))
        await bench.simulator.stop()
    }
}

/// Changes what goes to and fro.
private struct Rewire: Transport {
    typealias Send = (HTTPRequest) throws(TransportError) -> HTTPResponse

    let wire: any Transport
    let answer: (HTTPRequest, Send) throws(TransportError) -> HTTPResponse

    init(_ wire: any Transport, _ answer: @escaping (HTTPRequest, Send) throws(TransportError) -> HTTPResponse) {
        self.wire = wire
        self.answer = answer
    }

    func send(_ request: HTTPRequest, ifStill mayLeave: @escaping () -> Bool) throws(TransportError) -> HTTPResponse {
        try answer(request) { request throws(TransportError) in try wire.send(request, ifStill: mayLeave) }
    }
}
