import Ledger
import LedgerTestKit
import SQLiteTestKit
import SeededRandom
import TestKit
import Testing

@testable import SQLiteLedger

@Suite("Looking links up")
struct LinkTableTests {
    @Test("each key finds its own link, in whatever order they are asked for", arguments: 0..<10)
    func anyOrder(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let folder = try TemporaryFolder()
        let ledger = try openRun(folder.ledger)
        _ = try ledger.admitUnfinished((0..<60).map { candidate($0) })
        // Runs of neighbours, keys that no link has, and jumps.
        let asked = (0..<200).reduce(into: [Int]()) { asked, _ in
            let isNext = Bool.random(using: &random)
            asked.append(isNext ? ((asked.last ?? 0) + 1) % 70 : Int.random(in: 0..<70, using: &random))
        }
        let found = try ledger.lookUp(asked.map { candidate($0) })
        #expect(found.map { $0?.line } == asked.map { $0 < 60 ? candidate($0).line : nil })
        try ledger.finish()
    }
}
