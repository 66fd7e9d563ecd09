import HTTPTransport
import ImportTestKit
import Ledger
import Pacing
import SeededRandom
import TestKit
import Testing

@testable import LinkImport
@testable import LinkRows
@testable import PingOneClient

@Suite("A row's outcome is what the server holds, whatever happens on the way")
struct LinkDeliveryPropertyTests {
    @Test("outcome and server agree", arguments: 0..<600 as Range<UInt64>)
    func agreement(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let wasLinked = Int.random(in: 0..<4, using: &random) == 0
        let isInDoubt = Bool.random(using: &random)
        let stopsIn = Bool.random(using: &random) ? Int.random(in: 1...6, using: &random) : 0
        let control = RunControl()
        let server = ModelServer(
            seed: random.next(),
            troubleShare: [0.2, 0.6, 0.95][Int.random(in: 0..<3, using: &random)],
            isLinked: wasLinked,
            externalID: "leslie"
        ) { if $0 == stopsIn { control.stop(.signal(15)) } }
        let bench = try ClientBench(
            server,
            attempts: Int.random(in: 1...5, using: &random),
            control: control
        )
        let outcome = bench.deliver(after: isInDoubt ? .linking : nil)

        #expect(PostRule.violations(in: server.exchanges, startingInDoubt: isInDoubt) == [])
        #expect(server.applications <= 1)
        #expect(server.exchanges.allSatisfy { $0.request.url.hasPrefix("https://api.pingone.com/v1/") })
        switch outcome {
        case .withdrawn:
            #expect(server.applications == 0, "a row that was sent may not count as never taken")
            #expect(control.reason != nil, "a row may not be given back while the run goes on")
        case .undoing: Issue.record("nothing was undone")
        case .settled(let settled):
            switch settled.state {
            case .linked: #expect(server.isLinked)
            case .alreadyLinked: #expect(server.isLinked && server.applications == 0 && wasLinked)
            case .failed: #expect(!server.isLinked)
            case .unsettled: break
            default: Issue.record("\(settled.state)")
            }
            if settled.evidence == .reply { #expect(server.applications == 1) }
            #expect(settled.posts == server.exchanges.count { $0.request.method == .post && $0.mayHaveLeft })
        }
    }

    @Test("a link's removal and the server agree", arguments: 0..<400 as Range<UInt64>)
    func removal(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let isInDoubt = Bool.random(using: &random)
        let wasLinked = !isInDoubt || Bool.random(using: &random)
        let stopsIn = Bool.random(using: &random) ? Int.random(in: 1...6, using: &random) : 0
        let control = RunControl()
        let server = ModelServer(
            seed: random.next(),
            troubleShare: [0.2, 0.6, 0.95][Int.random(in: 0..<3, using: &random)],
            isLinked: wasLinked,
            externalID: "leslie"
        ) { if $0 == stopsIn { control.stop(.signal(15)) } }
        let bench = try ClientBench(server, attempts: Int.random(in: 1...5, using: &random), control: control)
        let removal = LinkRemoval(caller: bench.caller, session: bench.session)
        switch removal.remove("link-1", ofUser: SampleIDs.user(1), isInDoubt: isInDoubt) {
        case .undone: #expect(!server.isLinked)
        case .kept, .refused: #expect(server.isLinked && !isInDoubt)
        case .unknown: break
        }
    }

    @Test("what a read-back makes of a removal in doubt is what the server holds", arguments: 0..<200 as Range<UInt64>)
    func settledRemoval(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let isOurs = Bool.random(using: &random)
        let server = ModelServer(
            seed: random.next(),
            troubleShare: [0.2, 0.6, 0.95][Int.random(in: 0..<3, using: &random)],
            isLinked: Bool.random(using: &random),
            externalID: "leslie",
            beforeSending: { _ in }
        )
        let bench = try ClientBench(server)
        let outcome = bench.deliver(after: .undoing(linkedAccountID: isOurs ? "link-of-leslie" : "link-1"))
        #expect(server.exchanges.allSatisfy { $0.request.method == .get })
        switch outcome {
        case .undoing(.undone): #expect(!server.isLinked)
        case .undoing(.kept): #expect(server.isLinked && isOurs)
        case .settled(let settled):
            #expect(settled.state == .alreadyLinked && server.isLinked && !isOurs)
            #expect(settled.linkedAccountID == "link-of-leslie")
        case .withdrawn: break
        }
    }
}

extension Exchange {
    fileprivate var mayHaveLeft: Bool {
        if case .failure(.neverSent) = outcome { false } else { true }
    }
}
