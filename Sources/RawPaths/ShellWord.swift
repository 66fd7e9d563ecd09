/// A word in a command that people are told to type.
package enum ShellWord {
    /// As a shell takes it for one word; the word itself where it does so anyway.
    package static func text(_ word: String) -> String {
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
        return quoted(word)
    }

    /// In quotes, whatever it is.
    package static func quoted(_ word: String) -> String {
        "'" + word.replacing("'", with: #"'\''"#) + "'"
    }
}
