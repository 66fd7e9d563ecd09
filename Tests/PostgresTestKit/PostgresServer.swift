import Foundation
import Synchronization

/// A PostgreSQL server with a fresh database in a temporary folder, which listens on a socket in that folder and nowhere
/// else. It is stopped and the folder removed when nobody refers to it any more or this process is gone, however it ended.
///
/// Where this process is root, the server runs as `nobody`, for as root it would not. A test that stops or restarts one makes
/// its own; all others share one and take a schema each.
package final class PostgresServer: Sendable {
    package struct Failure: Error, CustomStringConvertible {
        package var description: String
    }

    private static let started = Result { try PostgresServer() }

    /// The server that all tests of this process share; the first one that asks waits until it is there.
    package static func shared() throws -> PostgresServer { try started.get() }

    /// Where it keeps its data, its log and its socket.
    package let folder: String
    /// For libpq and for `--ledger`; the user is one who may do everything.
    package var uri: String { "postgresql://pinglink@\(folder.replacing("/", with: "%2F"))/postgres" }

    private let programs: String
    /// To and from the keeper, a shell that ends the server when this end is closed.
    private let keeper: Int32
    private let schemas = Mutex(0)

    package init() throws {
        programs = try Self.findPrograms()
        // A socket's path has at most 107 bytes.
        let parent = FileManager.default.temporaryDirectory.path
        folder = (parent.utf8.count < 60 ? parent : "/tmp") + "/pg-\(UUID().uuidString.prefix(13))"
        let keepersEnd: FileHandle
        (keeper, keepersEnd) = try Self.socketPair()
        let shell = Process()
        shell.executableURL = URL(filePath: "/bin/bash")
        shell.arguments = ["-c", Self.keeperScript, "postgres-test-server", programs, folder]
        shell.standardInput = keepersEnd
        shell.standardOutput = keepersEnd
        try shell.run()
        try keepersEnd.close()
        try waitForAnswer(to: "the start")
    }

    deinit {
        close(keeper)
    }

    /// A name for a schema that no other test has.
    package func newSchema() -> String {
        schemas.withLock {
            $0 += 1
            return "test_\($0)"
        }
    }

    /// Stops it as a crash would, without a word to whoever is connected.
    package func stop() throws { try tell("stop") }

    /// Starts it again after ``stop()``.
    package func start() throws { try tell("start") }

    /// The server itself and all processes that it has started.
    package func processes() throws -> [Int32] {
        let pidFile = try String(contentsOfFile: "\(folder)/data/postmaster.pid", encoding: .utf8)
        let postmaster = String(pidFile.prefix { $0 != "\n" })
        let children = try String(contentsOfFile: "/proc/\(postmaster)/task/\(postmaster)/children", encoding: .utf8)
        return ([postmaster] + children.split(separator: " ").map(String.init)).compactMap { Int32($0) }
    }

    private func tell(_ command: String) throws {
        let line = Array("\(command)\n".utf8)
        guard write(keeper, line, line.count) == line.count else { throw Failure(description: "the keeper is gone") }
        try waitForAnswer(to: command)
    }

    /// Waits for the keeper's next line; its own words and the server's are on standard error.
    private func waitForAnswer(to command: String) throws {
        var byte: UInt8 = 0
        repeat {
            guard read(keeper, &byte, 1) == 1 else { throw Failure(description: "PostgreSQL: \(command) has failed") }
        } while byte != UInt8(ascii: "\n")
    }

    /// What `psql` prints for statements: the rows of each, their values without alignment. NULL is empty.
    @discardableResult
    package func rows(_ statements: String, schema: String = "public") throws -> [[String]] {
        let psql = Process()
        psql.executableURL = URL(filePath: "\(programs)/psql")
        psql.arguments = ["-X", "-q", "-At", "-F", "\t", "-v", "ON_ERROR_STOP=1", "-d", uri, "-f", "-"]
        psql.environment = ["PGOPTIONS": "--search_path=\(schema)", "PGCLIENTENCODING": "UTF8"]
        let (input, output) = (Pipe(), Pipe())
        psql.standardInput = input
        psql.standardOutput = output
        psql.standardError = output
        try psql.run()
        // It reads all of them before anything that it prints could fill the pipe, unless there are very many.
        try input.fileHandleForWriting.write(contentsOf: Data(statements.utf8))
        try input.fileHandleForWriting.close()
        let text = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        psql.waitUntilExit()
        guard psql.terminationStatus == 0 else { throw Failure(description: text) }
        return text.split(separator: "\n").map { line in
            line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
        }
    }

    /// The rows of one query by the names of their columns; NULL is left out.
    package func objects(_ query: String, schema: String) throws -> [[String: String]] {
        let lines = try rows("SELECT to_jsonb(q) FROM (\(query)) AS q", schema: schema)
        return try lines.map { line in
            let object = try JSONSerialization.jsonObject(with: Data(line.joined(separator: "\t").utf8))
            let values = object as? [String: Any] ?? [:]
            return values.compactMapValues { $0 as? String ?? ($0 as? NSNumber)?.stringValue }
        }
    }

    /// Ours is closed in the programs that this process starts: it goes with this process.
    private static func socketPair() throws -> (ours: Int32, theirs: FileHandle) {
        var ends: [Int32] = [0, 0]
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else { throw Failure(description: "no sockets: error \(errno)") }
        return (ends[0], FileHandle(fileDescriptor: ends[1]))
    }

    /// The folder of the newest server's programs.
    private static func findPrograms() throws -> String {
        let debian = "/usr/lib/postgresql"
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: debian)) ?? []
        let newestFirst = versions.compactMap(Int.init).sorted(by: >).map { "\(debian)/\($0)/bin" }
        let path = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(String.init)
        let folder = (newestFirst + path).first { FileManager.default.isExecutableFile(atPath: "\($0)/initdb") }
        guard let folder else {
            throw Failure(description: "PostgreSQL's server (initdb) is missing: run scripts/setup")
        }
        return folder
    }

    /// Stays as long as its input is open, does what is said there, and answers each time with a line.
    private static let keeperScript = #"""
        set -euo pipefail
        trap '' INT TERM HUP
        programs=$1 folder=$2
        as_user() {
            if [ "$(id -u)" = 0 ]; then setpriv --reuid=65534 --regid=65534 --clear-groups -- "$@"; else "$@"; fi
        }
        stop() { as_user "$programs/pg_ctl" stop -D "$folder/data" -m immediate -s >&2 </dev/null; }
        start() {
            as_user "$programs/pg_ctl" start -D "$folder/data" -l "$folder/log" -w -t 60 -s >&2 </dev/null -o \
                "-c listen_addresses='' -k '$folder' -c fsync=off -c autovacuum=off -c shared_buffers=32MB -c max_connections=200"
        }
        trap 'stop || true; rm -rf "$folder"' EXIT
        mkdir -m 700 "$folder"
        if [ "$(id -u)" = 0 ]; then chown 65534:65534 "$folder"; fi
        export LC_ALL=C
        cd "$folder"
        as_user "$programs/initdb" -D "$folder/data" -U pinglink -A trust -E UTF8 --locale=C --no-sync >/dev/null </dev/null
        start
        echo started
        while read -r command; do
            "$command"
            echo done
        done
        """#
}
