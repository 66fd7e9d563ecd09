import FoundationEssentials
import Ledger
import Machine
import PostgresLedger

/// Where the files of an import are, from the name of its input.
struct InputPaths: Equatable {
    /// Whether the input can be read only once, as standard input.
    let isStream: Bool
    /// Nil when the input has no name to derive one from.
    var ledger: String?
    var rejects: String
    var retry: String
    /// The input's name in a form that is the same in each run over it: its absolute path, without `.gz`, and that of
    /// the original for its result files.
    var inputName: String
    /// Which rows of that input the file has.
    var part: InputPart

    private static let rejectsSuffix = ".rejects.csv"
    private static let retrySuffix = ".retry.csv"
    /// What the names of the files have before them that `unlink` leaves beside its input.
    private static let unlinkInfix = ".unlink"

    /// - Parameters:
    ///   - input: the path as the user gave it, `-` for standard input.
    ///   - ledger: `--ledger`.
    ///   - ledgerSchema: `--ledger-schema`.
    ///   - kind: what is done with the rows.
    init(
        input: String,
        ledger: String?,
        ledgerSchema: String = PostgresAddress.standardSchema,
        _ kind: RunKind = .linking
    ) {
        if case .stream = FileKind(of: input) { isStream = true } else { isStream = input == "-" }
        if isStream {
            self.ledger = ledger
            let stem = ledger.map { LedgerArgument.stem($0, schema: ledgerSchema) } ?? "-"
            rejects = stem + Self.rejectsSuffix
            retry = stem + Self.retrySuffix
            inputName = "-"
            part = .whole
            return
        }
        let infix = kind == .unlinking ? Self.unlinkInfix : ""
        let (rejectsEnd, retryEnd) = (infix + Self.rejectsSuffix, infix + Self.retrySuffix)
        var original = input[...]
        while let suffix = [rejectsEnd, retryEnd].first(where: { original.hasSuffix($0) }) {
            original = original.dropLast(suffix.count)
        }
        self.ledger = ledger ?? "\(original)\(infix).ledger"
        rejects = input + rejectsEnd
        retry = input + retryEnd
        part = input.hasSuffix(rejectsEnd) ? .rejects : input.hasSuffix(retryEnd) ? .retry : .whole
        var name = original
        if name.hasSuffix(".gz") { name = name.dropLast(3) }
        let folder = FileManager.default.currentDirectoryPath
        inputName = name.hasPrefix("/") ? String(name) : "\(folder)/\(name)"
    }
}
