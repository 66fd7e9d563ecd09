/// What stands on a terminal after a program has written: as much of one as pinglink makes use of.
struct Screen {
    private(set) var lines: [[Character]] = [[]]
    private var row = 0
    private var column = 0
    /// What it was told and does not know; empty, or there is something wrong.
    private(set) var unknown: [Substring] = []

    init(_ text: String) {
        var rest = text[...]
        while let character = rest.first {
            switch character {
            case "\r\n":  // one Character
                column = 0
                down()
            case "\r": column = 0
            case "\n": down()
            case "\u{1B}":
                guard let sequence = rest.prefixMatch(of: /\e\[[?0-9;]*[A-Za-z]/)?.output else {
                    unknown.append(rest.prefix(8))
                    return
                }
                obey(sequence)
                rest = rest[sequence.endIndex...]
                continue
            default: put(character)
            }
            rest = rest.dropFirst()
        }
    }

    /// The lines without blanks at their ends, and without empty ones.
    var text: [String] {
        lines.map { line in String(line[..<((line.lastIndex { $0 != " " } ?? -1) + 1)]) }.filter { !$0.isEmpty }
    }

    private mutating func down() {
        row += 1
        if row == lines.count { lines.append([]) }
    }

    private mutating func put(_ character: Character) {
        while lines[row].count <= column { lines[row].append(" ") }
        lines[row][column] = character
        column += 1
    }

    private mutating func obey(_ sequence: Substring) {
        switch sequence.dropFirst(2) {
        case "J":
            lines[row] = Array(lines[row].prefix(column))
            lines.removeSubrange((row + 1)...)
        case "?7l", "?7h", "0m", "31m", "32m", "33m": break
        default: unknown.append(sequence)
        }
    }
}
