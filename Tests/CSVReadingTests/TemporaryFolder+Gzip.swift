import Foundation
import TestKit

extension TemporaryFolder {
    /// `bytes` as one gzip member without a name in it.
    func gzip(_ bytes: [UInt8]) throws -> [UInt8] {
        try SystemProgram.run(["gzip", "-nc", write("plain-\(UUID().uuidString)", bytes: bytes)])
    }
}
