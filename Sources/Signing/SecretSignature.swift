import CLibCrypto

/// HS256: HMAC with SHA-256. Source: RFC 7518, section 3.2.
package enum SecretSignature {
    package static func hs256(of message: [UInt8], secret: [UInt8]) -> [UInt8] {
        precondition(!secret.isEmpty, "nobody signs with an empty secret")
        var code = [UInt8](repeating: 0, count: 32)
        let made = unsafe HMAC(EVP_sha256(), secret, CInt(secret.count), message, message.count, &code, nil)
        precondition(unsafe made != nil, "libcrypto could not sign \(message.count) bytes")
        return code
    }
}
