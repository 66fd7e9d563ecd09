/// What a reading has seen of an input, by which a later one knows the same bytes again: 8 bytes for each MiB.
package struct InputFingerprint: Sendable, Equatable {
    static let blockSize = 1 << 20

    /// The bytes that were read, as the input holds them.
    package var byteCount = 0
    /// For each whole block the first 64 bits of the SHA-256 of all bytes up to its end.
    var blocks: [UInt64] = []
    /// Of all bytes, as 64 hexadecimal digits.
    package var sha256 = ""
}
