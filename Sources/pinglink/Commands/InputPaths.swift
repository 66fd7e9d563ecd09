import FoundationEssentials

/// Where the files of an import are, from the name of its input.
struct InputPaths: Equatable {
    /// Nil when the input has no name to derive one from.
    var ledger: String?
    var rejects: String
    var retry: String
    /// The input's name in a form that is the same in each run over it: its absolute path, without `.gz`, and that of
    /// the original for its rejects, which hold every row that was invalid there.
    var inputName: String

    private static let rejectsSuffix = ".rejects.csv"
    private static let retrySuffix = ".retry.csv"

    /// - Parameters:
    ///   - input: the path as the user gave it, `-` for standard input.
    ///   - ledger: `--ledger`.
    ///   - isStream: whether the path leads to what can be read only once, as standard input.
    init(input: String, ledger: String?, isStream: Bool = false) {
        if input == "-" || isStream {
            self.ledger = ledger
            rejects = (ledger ?? "-") + Self.rejectsSuffix
            retry = (ledger ?? "-") + Self.retrySuffix
            inputName = "-"
            return
        }
        var original = input[...]
        while let suffix = [Self.rejectsSuffix, Self.retrySuffix].first(where: { original.hasSuffix($0) }) {
            original = original.dropLast(suffix.count)
        }
        self.ledger = ledger ?? "\(original).ledger"
        rejects = input + Self.rejectsSuffix
        retry = input + Self.retrySuffix
        var name = input[...]
        while name.hasSuffix(Self.rejectsSuffix) { name = name.dropLast(Self.rejectsSuffix.count) }
        if name.hasSuffix(".gz") { name = name.dropLast(3) }
        let folder = FileManager.default.currentDirectoryPath
        inputName = name.hasPrefix("/") ? String(name) : "\(folder)/\(name)"
    }
}
