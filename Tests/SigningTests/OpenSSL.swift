import Foundation
import TestKit

/// The command `openssl`, in a folder of its own: makes keys, and checks what has been signed with them.
struct OpenSSL {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    /// Runs a line of the shell in the folder; it says nothing.
    func callAsFunction(_ line: String) throws {
        try SystemProgram.run(["/bin/sh", "-ec", "exec 2>&- >&-; " + line], in: folder.url)
    }

    func bytes(_ name: String) throws -> [UInt8] { Array(try Data(contentsOf: folder.file(name))) }
}
