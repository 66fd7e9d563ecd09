import Foundation

/// The command `openssl`, in a folder of its own: makes keys, and checks what has been signed with them.
struct OpenSSL {
    let folder: URL

    struct Failure: Error {
        let command: String
    }

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "pinglink-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    func remove() {
        try? FileManager.default.removeItem(at: folder)
    }

    /// Runs a line of the shell in the folder.
    func callAsFunction(_ line: String) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-ec", "exec 2>&- >&-; " + line]
        process.currentDirectoryURL = folder
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failure(command: line) }
    }

    func bytes(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: folder.appending(path: name)))
    }

    func write(_ bytes: some Sequence<UInt8>, to name: String) throws {
        try Data(bytes).write(to: folder.appending(path: name))
    }
}
