package import FoundationEssentials

/// Finds what the last runs in an environment have held: fed with their pace samples, the latest first.
package struct HeldRateSearch {
    private let since: Int64
    /// Nil as long as no run was long enough.
    package private(set) var rates: HeldRates?

    /// What was seen before `since` does not count: there may be years of it.
    package init(since: Date) {
        self.since = since.millisecondsSince1970
    }

    /// Takes the next sample, an older one than before.
    ///
    /// - Parameters:
    ///   - milliseconds: when it was taken, since 1970.
    ///   - held: the rate that its run had kept to; nil if it was too early to say.
    ///   - isLimit: whether more was refused.
    /// - Returns: whether still older ones may matter.
    package mutating func take(at milliseconds: Int64, held: Double?, isLimit: Bool) -> Bool {
        guard milliseconds >= since else { return false }
        guard let held else { return true }
        if rates == nil { rates = HeldRates(last: held) }
        if isLimit { rates?.limit = held }
        return !isLimit
    }
}
