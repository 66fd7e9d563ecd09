import Glibc
import LinkImport
import RawPaths

/// The first word of a command line that names no command: a file whose command was forgotten, or a slip of the pen.
struct FirstWord {
    private let word: String
    private let commands: [String]

    /// Nil where the word is a command, a flag, or missing. `arguments`: without the program's name.
    init?(_ arguments: some Collection<String>, commands: [String]) {
        guard let word = arguments.first, !word.hasPrefix("-"), !commands.contains(word), word != "help" else {
            return nil
        }
        self.word = word
        self.commands = commands
    }

    /// What is wrong, and what was probably meant.
    var message: String {
        if access(word.pathBytes, F_OK) == 0 {
            let wish = word.hasSuffix(".ledger") ? "see what is in it: pinglink status" : "import it: pinglink import"
            return "\(word) is a file, not a command. To \(wish) \(NextCommand.quoted(word))"
        }
        let nearest = EditDistance.nearest(to: word, among: commands)
        return "There is no command \"\(word)\"\(nearest.map { "; did you mean \($0)?" } ?? ".") "
            + "The commands are \(commands.joined(separator: ", ")): see pinglink --help."
    }
}
