/// Text in lines of so many columns at most.
package enum WrappedText {
    /// Breaks at a blank, which goes, else behind a sign that joins words or the parts of a path, else anywhere.
    ///
    /// `width`: one at least.
    package static func lines(_ text: String, width: Int) -> [String] {
        var lines: [String] = []
        var rest = text[...]
        while rest.count > width {
            if let blank = rest.prefix(width + 1).lastIndex(of: " "), blank > rest.startIndex {
                lines.append(String(rest[..<blank]))
                rest = rest[rest.index(after: blank)...]
            } else {
                let joint = rest.prefix(width).lastIndex { "/_-,=:".contains($0) }
                let line = joint.map { rest[...$0] } ?? rest.prefix(width)
                lines.append(String(line))
                rest = rest[line.endIndex...]
            }
        }
        return lines + [String(rest)]
    }
}
