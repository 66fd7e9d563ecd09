/// One process's conversation with the place where the pace is kept.
struct PaceExchange {
    private var offset = ClockOffset()

    /// Reads what is there, lets it change by what is asked, and puts it back; again if somebody else was faster.
    ///
    /// `ask`: by this machine's clock, as the answer.
    /// - Returns: nil if it came to nothing, or nobody knows whether it did.
    mutating func make(
        _ ask: SharedPace.Ask,
        at place: any SharedPacePlace,
        time: any TimeSource,
        tries: Int,
        using random: inout some RandomNumberGenerator
    ) -> SharedPace.Answer? {
        for _ in 0..<tries {
            let askedAt = time.now
            guard let reading = try? place.read() else { return nil }
            let now = time.now
            let offset = self.offset.note(
                SharedClock.instant(microseconds: reading.clock),
                askedAt: askedAt,
                answeredAt: now
            )
            var pace = reading.text.flatMap { SharedPace(text: $0) }
            let answer = SharedPace.exchange(&pace, ask.moved(by: offset), at: now + offset, using: &random)
            guard let text = pace?.text, let isMine = try? place.replace(reading.version, with: text) else {
                return nil
            }
            if isMine { return answer.moved(back: offset) }
        }
        return nil
    }
}
