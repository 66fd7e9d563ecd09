import CLibCrypto

/// SHA-256 over bytes that come piece by piece. Owns one OpenSSL context; for one thread at a time.
@safe package struct SHA256Digest: ~Copyable {
    /// An `EVP_MD_CTX`, whose layout OpenSSL keeps to itself.
    private let context: OpaquePointer

    init() {
        guard let context = unsafe EVP_MD_CTX_new() else { preconditionFailure("libcrypto: out of memory") }
        unsafe self.context = context
        let started = unsafe EVP_DigestInit_ex(context, EVP_sha256(), nil)
        precondition(started == 1, "libcrypto has no SHA-256")
    }

    deinit {
        unsafe EVP_MD_CTX_free(context)
    }

    mutating func update(with bytes: UnsafeRawBufferPointer) {
        let updated = unsafe EVP_DigestUpdate(context, bytes.baseAddress, bytes.count)
        precondition(updated == 1, "libcrypto could not add \(bytes.count) bytes to a digest")
    }

    /// The first 64 bits of the digest of all bytes so far; more may follow.
    var firstBitsSoFar: UInt64 {
        let copy = SHA256Digest()
        let copied = unsafe EVP_MD_CTX_copy_ex(copy.context, context)
        precondition(copied == 1, "libcrypto could not copy a digest")
        return copy.finishBytes()[..<8].reduce(0) { $0 << 8 | UInt64($1) }
    }

    fileprivate func finishBytes() -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: 32)
        let finished = unsafe digest.withUnsafeMutableBufferPointer { buffer in
            unsafe EVP_DigestFinal_ex(context, buffer.baseAddress, nil)
        }
        precondition(finished == 1, "libcrypto could not finish a digest")
        return digest
    }

    /// The digest as 64 lower-case hexadecimal digits. To be called once, after the last `update`.
    mutating func finish() -> String {
        let digest = finishBytes()
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}

extension SHA256Digest {
    /// The first 128 bits of the digest of these bytes.
    package static func firstBits(of bytes: [UInt8]) -> UInt128 {
        var digest = SHA256Digest()
        unsafe bytes.withUnsafeBytes { unsafe digest.update(with: $0) }
        return digest.finishBytes()[..<16].reduce(0) { $0 << 8 | UInt128($1) }
    }
}
