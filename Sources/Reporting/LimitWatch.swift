package import LinkImport

/// What PingOne permits, found by watching a run: only requests that were really sent prove anything, so a rate in force
/// that was not used counts no more than what was used of it.
package struct LimitWatch: Sendable {
    private var permitted = PermittedRate()
    private var last: (seconds: Double, requests: Int)?

    package init() {}

    /// In requests per second; nil while nobody knows.
    package var rate: Double? { permitted.value }

    /// `look`: with the rate in force. `seconds`: when, on a clock that begins anywhere.
    package mutating func note(_ look: PermittedRate.Look, at seconds: Double) {
        var look = look
        if let last, seconds > last.seconds {
            look.rate = min(look.rate, Double(look.requests - last.requests) / (seconds - last.seconds))
        }
        last = (seconds, look.requests)
        permitted.note(look)
    }
}
