/// Counts what is suspicious while rows are read.
struct WarningTally: Sendable, Equatable {
    private var tallies: [InputWarning.Kind: (count: Int, firstLine: Int)] = [:]
    private var names: [String] = []

    static func == (left: WarningTally, right: WarningTally) -> Bool { left.warnings == right.warnings }

    /// Sorted by kind.
    var warnings: [InputWarning] {
        InputWarning.Kind.allCases.compactMap { kind in
            tallies[kind].map {
                InputWarning(
                    kind,
                    count: $0.count,
                    firstLine: $0.firstLine,
                    names: kind == .reservedAttributes ? names : []
                )
            }
        }
    }

    mutating func note(_ kind: InputWarning.Kind, line: Int, count: Int = 1) {
        guard count > 0 else { return }
        let (known, firstLine) = tallies[kind] ?? (0, line)
        tallies[kind] = (known + count, min(firstLine, line))
    }

    mutating func note(reservedAttributes names: [String], line: Int) {
        note(.reservedAttributes, line: line, count: names.count)
        self.names = names
    }

    mutating func note(ids: IDText, line: Int) {
        if ids.contains(.looksDamaged) { note(.damagedIDs, line: line) }
        if ids.contains(.hasInvisible) { note(.invisibleCharacters, line: line) }
        if ids.contains(.isNothing) { note(.wordsForNothing, line: line) }
        if ids.contains(.isWrapped) { note(.trimmedIDs, line: line) }
    }
}
