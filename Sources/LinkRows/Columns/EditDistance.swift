/// How far a mistyped word is from those that are known.
package enum EditDistance {
    /// The word that is nearest, if it is near enough to be meant: not all of its letters are others.
    package static func nearest(to word: String, among words: [String]) -> String? {
        let ranked = words.map { ($0, distance(word, $0)) }.min { $0.1 < $1.1 }
        return ranked.flatMap { $0.1 < word.count && $0.1 <= max(2, word.count / 3) ? $0.0 : nil }
    }

    /// Insertions, deletions and replacements (Levenshtein).
    package static func distance(_ first: String, _ second: String) -> Int {
        let second = Array(second)
        var row = Array(0...second.count)
        for (index, character) in first.enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for place in second.indices {
                let cost = diagonal + (second[place] == character ? 0 : 1)
                diagonal = row[place + 1]
                row[place + 1] = min(cost, row[place] + 1, diagonal + 1)
            }
        }
        return row[second.count]
    }
}
