import RawPaths

/// Text that came from a file or from the network, on its way to a terminal.
enum TerminalText {
    /// Control characters but the line break become visible escapes, so that no name can move the cursor or colour
    /// the screen.
    static func safe(_ text: String) -> String {
        escaping(RawPath.shown(text)) { "\\u{\($0)}" }
    }

    /// The same for a message of the log: whatever names are in it, a line that is not its first begins with blanks, so that
    /// it cannot be taken for a message of its own.
    static func message(_ text: String) -> String {
        safe(text).replacing("\n", with: "\n  ")
    }

    /// The same for JSON text: the escapes are JSON's own, so that a program reads what it would have read.
    static func safeJSON(_ text: String) -> String {
        escaping(RawPath.shown(text, backslash: #"\\"#)) { "\\u" + String(repeating: "0", count: 4 - $0.count) + $0 }
    }

    /// `escape` is given the code of a control character in hexadecimal, four digits at most.
    private static func escaping(_ text: String, _ escape: (String) -> String) -> String {
        guard text.unicodeScalars.contains(where: isControl) else { return text }
        var safe = ""
        for scalar in text.unicodeScalars {
            if isControl(scalar) {
                safe += escape(String(scalar.value, radix: 16))
            } else {
                safe.unicodeScalars.append(scalar)
            }
        }
        return safe
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x0A: false
        case ..<0x20, 0x7F..<0xA0: true
        case 0x202A...0x202E, 0x2066...0x2069: true  // they turn the direction of the text around them
        default: false
        }
    }
}
