import Glibc
import Ledger
import RawPaths

/// Files that no output may replace: a ledger, what SQLite keeps beside it, and the inputs of its runs.
struct ProtectedFiles {
    let ledger: any LedgerLocation

    /// What each is, for a message, its path, and whether it is an input.
    ///
    /// `outputExists`: whether there is an output that could be an input; else nobody looks into the ledger.
    func files(outputExists: Bool) -> [(name: String, path: String, isInput: Bool)] {
        let beside = ["-wal", "-shm", "-journal"].flatMap { end in
            ledger.path.map { [("the ledger", $0 + end, false)] } ?? []
        }
        guard outputExists, let reader = try? ledger.reader() else { return beside }
        defer { reader.close() }
        let inputs = ((try? reader.inputNames()) ?? []).filter { $0.hasPrefix("/") }.flatMap { [$0, $0 + ".gz"] }
        let sources = ((try? reader.runs()) ?? []).map(\.source)
        let places = inputs + sources + sources.map { Self.folder(of: ledger.path ?? "") + $0 }
        return beside + Set(places).map { ("an import of this ledger", $0, true) }
    }

    /// Whether there is a ledger at this path, or another SQLite database.
    static func isLedger(_ path: String) -> Bool {
        head(of: path, 16) == Array("SQLite format 3\0".utf8)
    }

    /// Whether an import has written it: a later one may write it anew, also after it was an input of corrected rows.
    static func isResultFile(_ path: String) -> Bool {
        String(decoding: head(of: path, 1 << 16), as: UTF8.self).contains("pinglink_line")
    }

    private static func head(of path: String, _ count: Int) -> [UInt8] {
        // Neither waits for a pipe's other end.
        let descriptor = unsafe open(path.pathBytes, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return [] }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: count)
        let length = unsafe pread(descriptor, &bytes, count, 0)
        return Array(bytes.prefix(max(0, length)))
    }

    private static func folder(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
    }
}
