/// The clock that all processes agree on, as instants of this process's own type: only their distances mean something.
enum SharedClock {
    /// What stands for 1970 by that clock. Which instant of this process it is makes no difference.
    private static let epoch = ContinuousClock.now

    static func instant(microseconds: Int64) -> ContinuousClock.Instant {
        epoch + .microseconds(microseconds)
    }

    /// Microseconds since 1970, rounded down.
    static func microseconds(_ instant: ContinuousClock.Instant) -> Int64 {
        epoch.duration(to: instant).wholeMicroseconds
    }

    static func instant(nanoseconds: Int64) -> ContinuousClock.Instant {
        epoch + .nanoseconds(nanoseconds)
    }

    /// Nanoseconds since 1970, rounded down.
    static func nanoseconds(_ instant: ContinuousClock.Instant) -> Int64 {
        epoch.duration(to: instant).wholeNanoseconds
    }
}

extension Duration {
    var wholeMicroseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1_000_000 + attoseconds / 1_000_000_000_000
    }

    var wholeNanoseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
    }
}

// The values of the search are written down by what the compiler makes for them; what it finds here for an instant and a
// duration, it prefers to that of the standard library, which would mean something on this machine only.

extension KeyedEncodingContainer {
    mutating func encode(_ value: ContinuousClock.Instant, forKey key: Key) throws {
        try encode(SharedClock.nanoseconds(value), forKey: key)
    }

    mutating func encodeIfPresent(_ value: ContinuousClock.Instant?, forKey key: Key) throws {
        try encodeIfPresent(value.map(SharedClock.nanoseconds), forKey: key)
    }

    mutating func encode(_ value: Duration, forKey key: Key) throws {
        try encode(value.wholeNanoseconds, forKey: key)
    }
}

extension KeyedDecodingContainer {
    func decode(_ type: ContinuousClock.Instant.Type, forKey key: Key) throws -> ContinuousClock.Instant {
        SharedClock.instant(nanoseconds: try decode(Int64.self, forKey: key))
    }

    func decodeIfPresent(_ type: ContinuousClock.Instant.Type, forKey key: Key) throws -> ContinuousClock.Instant? {
        try decodeIfPresent(Int64.self, forKey: key).map { SharedClock.instant(nanoseconds: $0) }
    }

    func decode(_ type: Duration.Type, forKey key: Key) throws -> Duration {
        .nanoseconds(try decode(Int64.self, forKey: key))
    }
}
