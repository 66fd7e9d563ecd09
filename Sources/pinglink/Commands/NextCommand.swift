import FoundationEssentials
import Ledger
import LinkImport
import RawPaths

/// The import to go on with after a run, as a line for a shell: with the flags that this one had.
struct NextCommand {
    let setup: CommandSetup
    /// What the run has done.
    let kind: RunKind
    let file: String
    let paths: InputPaths

    private var settings: Settings { setup.settings }

    /// For the last lines of the summary; empty when there is nothing left to do.
    func advice(after report: ImportRun.Report) -> [String] {
        var lines: [String] = []
        if let path = report.rejectsPath {
            lines.append("when these rows are corrected, \(going(onWith: path, isOther: true))")
        }
        if report.counts.notFound > 0, !paths.isStream {
            let isRetried = settings[.retry]?.values.contains("not-found") == true
            let again = going(onWith: file, isOther: false) + (isRetried ? "" : " --retry not-found")
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

    /// Flags that belong to the one run, or to how it is watched.
    private static let ofOneRun: Set<SettingKey> = [.limit, .maxDuration, .until, .progress, .logFormat, .quiet]
    /// Flags that belong to the input: another one may not use the same files, and result files are UTF-8.
    private static let ofOneInput: Set<SettingKey> = [.ledger, .rejects, .retryFile, .retry, .encoding]

    /// `go on with: COMMAND`. A flag with a password is not shown but named, to be given again.
    ///
    /// `isOther`: whether it is about another file, with this one's ledger.
    private func going(onWith path: String, isOther: Bool) -> String {
        var hidden: [String] = []
        var words = ["pinglink", kind.command, path.hasPrefix("-") && path != "-" ? "./\(path)" : path]
        if isOther { words += ledger(for: path) }
        words += flag("config", setup.config.config) + flag("profile", setup.config.profile)
        for key in SettingKey.allCases where !Self.ofOneRun.contains(key) {
            guard !(isOther && Self.ofOneInput.contains(key)), let setting = settings[key], setting.origin == .flag(key)
            else { continue }
            if setting.values.contains(where: { key.masked($0) != $0 }) {
                hidden.append("--\(key.rawValue)")
            } else if key.standard == "false" {
                words.append("--\(key.rawValue)")
            } else {
                words += setting.values.flatMap { flag(key.rawValue, $0) }
            }
        }
        let again = hidden.isEmpty ? "" : " the same \(hidden.joined(separator: " and ")) and"
        return "go on with\(again): \(words.map(Self.quoted).joined(separator: " "))"
    }

    private func ledger(for path: String) -> [String] {
        // One that the configuration file names is the default of every import.
        let isNamedElsewhere = settings[.ledger].map { $0.origin != .flag(.ledger) } ?? false
        if isNamedElsewhere || InputPaths(input: path, ledger: nil, kind).ledger == paths.ledger { return [] }
        return flag("ledger", paths.ledger)
    }

    private func flag(_ name: String, _ value: String?) -> [String] {
        guard let value else { return [] }
        return value.hasPrefix("-") ? ["--\(name)=\(value)"] : ["--\(name)", value]
    }

    /// As a shell takes it for one word.
    static func quoted(_ word: String) -> String {
        let isPlain = word.utf8.allSatisfy { byte in
            switch UInt8(byte) {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "a")...UInt8(ascii: "z"):
                true
            default: "_@%+=:,./-".utf8.contains(byte)
            }
        }
        if isPlain, !word.isEmpty { return word }
        // Bash, zsh and ksh know this form, in which any byte can be written.
        if word.isRawPath {
            return "$'" + RawPath.shown(word.replacing(#"\"#, with: #"\\"#).replacing("'", with: #"\'"#)) + "'"
        }
        return "'" + word.replacing("'", with: #"'\''"#) + "'"
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
