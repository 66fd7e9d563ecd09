/// Counts the same thing in a row, such as 403 answers: any other outcome begins anew.
struct Streak: Equatable, Sendable {
    /// How many in a row are too many.
    let limit: Int
    /// How many it has been so far.
    private(set) var length = 0

    /// - Parameter limit: at least 1; 20 forbidden rows in a row mean that the permission is missing, not the data.
    init(limit: Int = 20) {
        precondition(limit >= 1, "a streak needs a limit of at least 1, not \(limit)")
        self.limit = limit
    }

    /// Notes an outcome.
    ///
    /// - Returns: whether the limit has been reached; it stays so until another outcome ends the streak.
    mutating func record(_ isHit: Bool) -> Bool {
        length = isHit ? length + 1 : 0
        return length >= limit
    }
}
