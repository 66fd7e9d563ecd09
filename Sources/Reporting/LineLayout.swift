/// Fits the parts of a line into a width: the most important ones stay, in their order, each whole or not at all.
///
/// Takes printable ASCII, of which each character is one column wide.
struct LineLayout {
    enum Tone: String {
        case plain = ""
        case good = "32"
        case warning = "33"
        case bad = "31"
    }

    struct Part {
        var text: String
        /// Zero for what is wanted most.
        var rank: Int
        var tone = Tone.plain
        /// The blanks before it, unless it is the first.
        var gap = 2
        /// Takes the room that is left, up to so many columns; there is one such part at most.
        var stretched: (limit: Int, text: (_ width: Int) -> String)?
    }

    var parts: [Part]

    /// What fits into so many columns.
    ///
    /// Who is less important is left out first, but takes the room that is left when something longer did not fit.
    func line(width: Int, isColoured: Bool) -> String {
        var chosen: [Int] = []
        for place in parts.indices.sorted(by: { parts[$0].rank < parts[$1].rank }) {
            let candidate = (chosen + [place]).sorted()
            if self.width(of: candidate) <= width { chosen = candidate }
        }
        let room = width - self.width(of: chosen)
        return chosen.map { place in
            var part = parts[place]
            if let (limit, text) = part.stretched { part.text = text(min(limit, part.text.count + room)) }
            let gap = place == chosen.first ? "" : String(repeating: " ", count: part.gap)
            let isTinted = isColoured && part.tone != .plain
            return gap + (isTinted ? "\u{1B}[\(part.tone.rawValue)m\(part.text)\u{1B}[0m" : part.text)
        }.joined()
    }

    private func width(of places: [Int]) -> Int {
        places.reduce(0) { $0 + parts[$1].text.count + ($1 == places.first ? 0 : parts[$1].gap) }
    }
}
