/// What is said again and again while something goes on.
package protocol LiveText: Sendable {
    /// One line of `width` columns at most, without control characters but those that colour it.
    func line(width: Int, isColoured: Bool) -> String
    /// The same for a log, where there is room for all of it.
    var text: String { get }
    /// The same for programs: numbers as `Int` or `Double`.
    var figures: [String: any Sendable & CustomStringConvertible] { get }
}
