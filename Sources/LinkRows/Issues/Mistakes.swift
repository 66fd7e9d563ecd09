/// What is wrong with a file, in as few lines as a message may have.
package enum Mistakes {
    /// - Parameters:
    ///   - mistakes: one line each, in the order of the file.
    ///   - limit: how many lines there may be, two at least.
    /// - Returns: all of them, or where there are too many the first ones and how many others there are.
    package static func text(_ mistakes: [String], atMost limit: Int = 3) -> String {
        guard mistakes.count > limit else { return mistakes.joined(separator: "\n") }
        let others = mistakes.count - (limit - 1)
        let named = mistakes.prefix(limit - 1)
        return (named + ["And \(others) more mistakes: correct those above, then run again."]).joined(separator: "\n")
    }
}
