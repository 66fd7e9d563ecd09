import Ledger
import LinkImport
import LinkRows
import PingOneClient
import RawPaths

/// The import to go on with after a run, as a line for a shell: with the flags that this one had.
struct NextCommand {
    let settings: Settings
    /// What the run has done.
    let kind: RunKind
    let file: String
    let paths: InputPaths

    /// For the last lines of the summary; empty when there is nothing left to do.
    func advice(after report: ImportRun.Report) -> [String] {
        if let stop = report.stop, stop.exitCode == 78 { return ["when that is corrected, run again"] }
        if report.stop?.hasRejectedInVain == true, !paths.isStream {
            return [going(onWith: file, isOther: false) + flag(toRetry: "rejected")]
        }
        var lines: [String] = []
        if let path = report.rejectsPath {
            lines.append("when these rows are corrected, \(going(onWith: path, isOther: true))")
        }
        if report.counts.notFound > 0, !paths.isStream {
            let again = going(onWith: file, isOther: false) + flag(toRetry: "not-found")
            lines.append("when PingOne knows the users that it did not find, \(again)")
        }
        let hasGrown = report.warnings.contains { $0.kind == .grownInput }
        if paths.isStream, report.stop == nil, let path = report.retryPath {
            lines.append(going(onWith: path, isOther: true))
        } else if report.stop != nil || report.retryPath != nil || report.resultFileError != nil || hasGrown {
            lines.append(isLost ? "run the same command again to go on" : going(onWith: file, isOther: false))
        }
        return lines
    }

    /// Whether the name of the input means nothing after this run: a descriptor that the shell has made for it.
    private var isLost: Bool { paths.isStream && file != "-" && file != "/dev/stdin" }

    /// `go on with: COMMAND`. A flag with a password is not shown but named, to be given again.
    ///
    /// `isOther`: whether it is about another file, with this one's ledger.
    private func going(onWith path: String, isOther: Bool) -> String {
        var hidden: [String] = []
        var words = ["pinglink", kind.command, path.hasPrefix("-") && path != "-" ? "./\(path)" : path]
        if isOther { words += ledger(for: path) }
        words += flag("config", settings.configPath) + flag("profile", settings.profile)
        for key in SettingTable.keys where key.continuation == .always || key.continuation == .sameInput && !isOther {
            guard let entry = settings[key], entry.origin == .flag(key) else { continue }
            if entry.values.contains(where: { key.masked($0) != $0 }) {
                hidden.append("--\(key.name)")
            } else if key.isSwitch {
                words.append("--\(key.name)")
            } else {
                words += entry.values.flatMap { flag(key.name, $0) }
            }
        }
        let again = hidden.isEmpty ? "" : " the same \(hidden.joined(separator: " and ")) and"
        return "go on with\(again): \(words.map(ShellWord.text).joined(separator: " "))"
    }

    private func ledger(for path: String) -> [String] {
        // One that the configuration file names is the default of every import.
        let isNamedElsewhere = settings[\.ledger] != nil && !settings.isFlag(\.ledger)
        if isNamedElsewhere || InputPaths(input: path, ledger: nil, kind).ledger == paths.ledger { return [] }
        return flag("ledger", paths.ledger)
    }

    /// Nothing where this run had it.
    private func flag(toRetry rows: String) -> String {
        settings[\.retry]?.values.contains(rows) == true ? "" : " --retry \(rows)"
    }

    private func flag(_ name: String, _ value: String?) -> [String] {
        guard let value else { return [] }
        return value.hasPrefix("-") ? ["--\(name)=\(value)"] : ["--\(name)", value]
    }
}

extension RunKind {
    /// What makes such runs.
    var command: String {
        switch self {
        case .linking: "import"
        case .undoing: "undo"
        case .unlinking: "unlink"
        }
    }
}
