/// Where the processes that share a pace keep it: one text for all of them, and the clock they agree on.
///
/// Nobody holds anything between two calls, so that a process which is stopped in the middle is in nobody's way. Blocks;
/// used by one thread at a time. What it throws means that it cannot be reached now; the next call tries anew.
package protocol SharedPacePlace: AnyObject, Sendable {
    /// What the text is now, and what time.
    func read() throws -> SharedPaceReading

    /// Puts another text there, unless it has been replaced since that version was read.
    ///
    /// - Returns: whether it was; false if somebody else was faster.
    func replace(_ version: Int64, with text: String) throws -> Bool
}

package struct SharedPaceReading: Equatable, Sendable {
    /// Microseconds since 1970, by the clock of the place.
    package var clock: Int64
    /// Another number each time the text is replaced; 0 where there is none yet.
    package var version: Int64
    /// Nil where there is none yet.
    package var text: String?

    package init(clock: Int64, version: Int64 = 0, text: String? = nil) {
        self.clock = clock
        self.version = version
        self.text = text
    }
}
