import Glibc
import Ledger
import LinkImport
import LinkRows
import RawPaths
import SQLiteLedger

/// The files of an import, looked at before it begins.
struct ImportFiles {
    /// As the user gave it.
    let input: String
    let paths: InputPaths
    let options: ImportRun.Options
    let settings: Settings
    let ledger: (any LedgerLocation)?

    /// No file may stand for two things: the one would be lost to the other.
    func checkDistinct() throws {
        // What is redirected to standard input is a file like others.
        var files = [DistinctFiles.Named(name: "FILE", path: input == "-" ? "/dev/stdin" : input, isReplaced: false)]
        if let path = ledger?.path { files.append(.init(name: "--ledger", path: path, isReplaced: false)) }
        if let mappings = try settings.value(\.mappingsFile) {
            files.append(.init(name: "--mappings-file", path: mappings, isReplaced: false))
        }
        files.append(.init(name: "--rejects", path: options.rejectsPath, isReplaced: true, isResultFile: true))
        files.append(.init(name: "--retry-file", path: options.retryPath, isReplaced: true, isResultFile: true))
        if let metrics = try settings.value(\.metricsFile) {
            files.append(.init(name: "--metrics-file", path: metrics, isReplaced: true))
            try OutputFile.checkFolder(of: metrics, flag: "--metrics-file")
        }
        if let report = try settings.value(\.reportFile) {
            files.append(.init(name: "--report-file", path: report, isReplaced: true))
            try OutputFile.checkFolder(of: report, flag: "--report-file")
        }
        try DistinctFiles.check(files, protecting: ledger.map(ProtectedFiles.init(ledger:)))
    }

    /// Rows that an earlier import has left belong into its ledger: in another one, its `verify`, `report` and `undo` would
    /// miss them.
    ///
    /// - Throws: a usage failure that names the ledger that it probably is.
    func checkLedger(of file: InputFile, _ reading: ReadingOptions) throws {
        guard settings.text(\.ledger) == nil, let ledger = paths.ledger else { return }
        let isOfLedger = unsafe paths.part != .whole && access(ledger.pathBytes, F_OK) == 0
        guard !isOfLedger, file.hasResultColumns(reading) else { return }
        let likely = likelyLedger()
        if options.kind == .unlinking, likely == nil {
            throw CommandFailure.usage(
                "\(RawPath.shown(input)) has columns that an earlier run has written (pinglink_…). If that was an unlink, its "
                    + "rows belong into that one's ledger, else into a new one, for unlink keeps its own. Give --ledger PATH."
            )
        }
        throw CommandFailure.usage(
            "\(RawPath.shown(input)) has columns that an earlier run has written (pinglink_…): its rows belong into that run's ledger, "
                + (likely.map { "probably \(RawPath.shown($0)). Give --ledger \(ShellWord.text($0))" }
                    ?? "the file that it made beside its input. Give --ledger with its path or address")
                + ", so that status, verify and undo know them."
        )
    }

    /// Of the ledgers beside the input the one that the name of a result file says (`X` of `X.rejects.csv`), else the only
    /// one whose runs have left such rows; nil where that is nobody or several.
    private func likelyLedger() -> String? {
        let folder = input.lastIndex(of: "/").map { String(input[...$0]) } ?? ""
        let beside = Self.names(in: folder.isEmpty ? "." : folder).map { folder + $0 }
        let ledgers = beside.filter { $0 != input + ".ledger" && ProtectedFiles.isLedger($0) }
        if let named = ledgers.first(where: { input.hasPrefix($0 + ".re") }) { return named }
        let open = ledgers.filter { ledger in
            guard let reader = try? SQLiteFile(ledger).reader() else { return false }
            defer { reader.close() }
            guard (try? reader.kinds().contains(options.kind)) == true else { return false }
            let counts = (try? reader.counts()) ?? [:]
            return [.rejected, .invalid, .failed, .unsettled].contains { counts[$0, default: 0] > 0 }
        }
        return open.count == 1 ? open[0] : nil
    }

    /// What a folder holds, sorted; names that are not UTF-8 as ``RawPath`` has them.
    private static func names(in folder: String) -> [String] {
        guard let stream = unsafe opendir(folder.pathBytes) else { return [] }
        defer { unsafe closedir(stream) }
        var names: [String] = []
        while let entry = unsafe readdir(stream) {
            unsafe withUnsafePointer(to: &entry.pointee.d_name) { name in
                unsafe name.withMemoryRebound(to: CChar.self, capacity: 256) {
                    unsafe names.append(RawPath.text(cString: $0))
                }
            }
        }
        return names.sorted()
    }

    /// Looks whether the files can be written that a run leaves.
    ///
    /// - Throws: a failure that names the flags to give.
    func checkPlaces() throws {
        let obstacles = [("--rejects", options.rejectsPath), ("--retry-file", options.retryPath)].compactMap {
            flag,
            path in
            OutputFile.obstacle(toReplacing: path).map { (flag, path, $0) }
        }
        // A run makes it, a dry run does not.
        let newLedger = ledger?.path.flatMap { unsafe access($0.pathBytes, F_OK) == 0 ? nil : $0 }
        let obstacleOfLedger = newLedger.flatMap(OutputFile.obstacle(toReplacing:))
        guard let (_, path, reason) = obstacles.first else {
            if let newLedger, let obstacleOfLedger {
                throw LedgerError.cannotCreate(path: newLedger, reason: obstacleOfLedger)
            }
            return
        }
        var flags = obstacles.map { "\($0.0) PATH" }
        if obstacleOfLedger != nil { flags.insert("--ledger PATH", at: 0) }
        throw CommandFailure(
            message: "\(path): cannot be written: \(reason). Nothing was sent. Correct that, or choose another place "
                + "with \(flags.formatted()).",
            code: 73
        )
    }
}

extension [String] {
    /// `a, b and c`.
    fileprivate func formatted() -> String {
        count < 2 ? joined() : dropLast().joined(separator: ", ") + " and " + self[count - 1]
    }
}
