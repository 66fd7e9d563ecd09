import CLibCrypto

/// What both sides of a secret can make: HMAC with SHA-2. Source: RFC 7518, section 3.2.
package enum MessageCode {
    /// `algorithm`: `HS256`, `HS384` or `HS512`; by any other name it is none.
    package static func isValid(
        _ code: [UInt8],
        of message: [UInt8],
        secret: String,
        algorithm: String
    ) -> Bool {
        guard let digest = Digest(rawValue: String(algorithm.suffix(3))), algorithm == "HS\(digest.rawValue)" else {
            return false
        }
        let secret = Array(secret.utf8)
        var made = [UInt8](repeating: 0, count: 64)
        var count: CUnsignedInt = 0
        let result = unsafe HMAC(
            digest.function,
            secret,
            CInt(secret.count),
            message,
            message.count,
            &made,
            &count
        )
        return unsafe result != nil && Array(made.prefix(Int(count))) == code
    }
}
