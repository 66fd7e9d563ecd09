/// What a command came to.
package protocol CommandSummary {
    /// A few lines for people.
    var text: String { get }
    /// One JSON object on one line.
    var json: String { get }
    /// Of a command that has ended with 1, in one line: what is not as it should be, and where to look; else nil.
    var shortfall: String? { get }
}
