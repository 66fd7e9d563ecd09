import Mustache

/// Text that came from a file or from the network, on its way into the page.
enum XMLText {
    /// What means something to HTML or XML is escaped, and what XML forbids or what turns the direction of the text is
    /// replaced. By scalars: a `<` with an accent upon it is one character to Swift and a tag to a browser.
    static func escaped(_ text: String) -> String {
        var safe = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "<": safe += "&lt;"
            case ">": safe += "&gt;"
            case "&": safe += "&amp;"
            case "\"": safe += "&quot;"
            case "'": safe += "&#39;"
            case "\n", "\t": safe.unicodeScalars.append(scalar)
            default: safe.unicodeScalars.append(isFit(scalar) ? scalar : "\u{FFFD}")
            }
        }
        return safe
    }

    private static func isFit(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case ..<0x20, 0x7F..<0xA0, 0x202A...0x202E, 0x2066...0x2069, 0xFFFE...0xFFFF: false
        default: true
        }
    }
}

/// How the templates escape: Mustache's own way goes by characters.
struct XMLContent: MustacheContentType {
    /// Its name in templates.
    static let name = "XML"

    func escapeText(_ text: String) -> String { XMLText.escaped(text) }
}
