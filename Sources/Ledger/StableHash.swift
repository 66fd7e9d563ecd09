/// A 64-bit hash that is the same in every process, on every machine and in every version of the program, so that it may
/// be stored. `Hasher` must not be: it is seeded anew in each process.
///
/// FNV-1a over the bytes, then the SplitMix64 finaliser, because FNV alone leaves the upper bits of short keys alike.
/// It finds keys and changed rows; it is no protection against a person who looks for a collision on purpose.
///
/// Sources: Fowler, Noll, Vo, "The FNV Non-Cryptographic Hash Algorithm" (RFC 9923), for the offset and the prime;
/// Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014, for the finaliser.
package struct StableHash: Sendable {
    private var state: UInt64 = 0xCBF2_9CE4_8422_2325

    /// - Parameter salt: a number that makes the hashes of one ledger useless for another; zero for none.
    package init(salt: UInt64 = 0) {
        guard salt != 0 else { return }
        for shift in stride(from: 0, to: 64, by: 8) { absorb(UInt8(truncatingIfNeeded: salt >> shift)) }
    }

    /// Adds a text as its UTF-8 bytes and an end mark, so that "ab", "c" and "a", "bc" differ.
    package mutating func combine(_ text: String) {
        combine(text, as: { $0 })
    }

    /// Adds a text as ``combine(_:)`` does, but with `A` to `Z` as `a` to `z`; for UUIDs.
    package mutating func combineIgnoringASCIICase(_ text: String) {
        combine(text, as: \.lowercasedASCII)
    }

    @inline(__always)
    private mutating func combine(_ text: String, as mapped: (UInt8) -> UInt8) {
        var text = text
        // A row's key has more than a hundred bytes: taken one by one from the text, they cost several times as much.
        text.withUTF8 { bytes in
            for index in bytes.indices { absorb(mapped(unsafe bytes[index])) }
        }
        absorb(Self.endMark)
    }

    /// The hash of what was added so far, in order.
    package func finalize() -> UInt64 {
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// 0xFF occurs in no UTF-8 text.
    private static let endMark: UInt8 = 0xFF

    private mutating func absorb(_ byte: UInt8) {
        state = (state ^ UInt64(byte)) &* 0x0000_0100_0000_01B3
    }
}

extension UInt8 {
    /// This byte, or the small letter if it is one of `A` to `Z`.
    var lowercasedASCII: UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self) ? self | 0x20 : self
    }
}
