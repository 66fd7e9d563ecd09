import Foundation
import FuzzTargets
import SeededRandom
import Testing

@Suite("What is fuzzed")
struct FuzzTargetTests {
    private static let corpus = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../Corpus")

    private static func inputs(of target: FuzzTarget) throws -> [(name: String, bytes: [UInt8])] {
        let folder = corpus.appending(path: target.rawValue)
        return try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted().map { name in
            (name, Array(try Data(contentsOf: folder.appending(path: name))))
        }
    }

    @Test("every rule holds for each file of the corpus", arguments: FuzzTarget.allCases)
    func corpus(target: FuzzTarget) throws {
        let inputs = try Self.inputs(of: target)
        #expect(!inputs.isEmpty)
        for input in inputs {
            #expect(throws: Never.self, "\(input.name)") { try target.check(input.bytes) }
        }
    }

    @Test("every rule holds for what a few changed bytes make of it", arguments: FuzzTarget.allCases)
    func changed(target: FuzzTarget) throws {
        var random = SplitMix64(seed: 1)
        for input in try Self.inputs(of: target) {
            for _ in 0..<20 {
                var bytes = input.bytes
                for _ in 0..<Int.random(in: 1...3, using: &random) {
                    let place = Int.random(in: 0...bytes.count, using: &random)
                    let end = min(bytes.count, place + Int.random(in: 0...4, using: &random))
                    bytes.replaceSubrange(place..<end, with: bytes.shuffled(using: &random).prefix(3))
                }
                #expect(throws: Never.self, "\(input.name): \(bytes)") { try target.check(bytes) }
            }
        }
    }
}
