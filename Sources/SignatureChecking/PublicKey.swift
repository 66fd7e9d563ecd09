import CLibCrypto

/// A public key, by which is known what its private key has signed.
///
/// A value without a handle: the key is read anew for each signature.
package struct PublicKey: Sendable, Equatable {
    private enum Kind: Sendable {
        case rsa
        /// `size`: of one of a signature's two numbers, in bytes.
        case curve(algorithm: String, size: Int)
    }

    private let pem: [UInt8]
    private let kind: Kind

    /// Nil where the text is no public key in PEM (`PUBLIC KEY`) of RSA with 2048 bits or more, P-256, P-384 or P-521.
    package init?(pem text: String) {
        pem = Array(text.utf8)
        guard let key = OpenKey(pem: pem), let kind = key.kind else { return nil }
        self.kind = kind
    }

    package static func == (one: PublicKey, other: PublicKey) -> Bool { one.pem == other.pem }

    /// Whether a signature is this key's.
    ///
    /// `algorithm`: as a JSON Web Signature names it (RFC 7518, section 3.1); one that does not go with the kind of key is
    /// none.
    package func accepts(_ signature: [UInt8], of message: [UInt8], algorithm: String) -> Bool {
        guard let digest = Digest(rawValue: String(algorithm.suffix(3))), let key = OpenKey(pem: pem) else {
            return false
        }
        switch kind {
        case .rsa:
            return algorithm == "RS\(digest.rawValue)" && key.accepts(signature, of: message, digest)
        case .curve(algorithm, let size):
            return signature.count == 2 * size && key.accepts(Self.sequence(signature), of: message, digest)
        case .curve: return false
        }
    }

    /// Two numbers that stand one behind the other as ASN.1 has them: a sequence of two integers, without leading zeros
    /// but for one where the number would be below zero otherwise.
    private static func sequence(_ signature: [UInt8]) -> [UInt8] {
        let half = signature.count / 2
        let numbers = [signature.prefix(half), signature.suffix(half)].flatMap { number -> [UInt8] in
            var bytes = Array(number.drop { $0 == 0 })
            if bytes.first.map({ $0 >= 0x80 }) ?? true { bytes.insert(0, at: 0) }
            return [0x02, UInt8(bytes.count)] + bytes
        }
        return [0x30] + (numbers.count < 0x80 ? [] : [0x81]) + [UInt8(numbers.count)] + numbers
    }

    /// The key in OpenSSL's hands. Owns one `EVP_PKEY`; for one thread at a time.
    @safe private struct OpenKey: ~Copyable {
        private let key: OpaquePointer

        init?(pem: [UInt8]) {
            let key = unsafe pem.withUnsafeBytes { bytes -> OpaquePointer? in
                guard let source = unsafe BIO_new_mem_buf(bytes.baseAddress, CInt(bytes.count)) else { return nil }
                defer { unsafe BIO_free(source) }
                return unsafe PEM_read_bio_PUBKEY(source, nil, nil, nil)
            }
            ERR_clear_error()
            guard let key = unsafe key else { return nil }
            unsafe self.key = key
        }

        deinit {
            unsafe EVP_PKEY_free(key)
        }

        /// Nil for one that PingOne does not take.
        var kind: Kind? {
            if unsafe EVP_PKEY_is_a(key, "RSA") == 1 { return unsafe EVP_PKEY_get_bits(key) >= 2048 ? .rsa : nil }
            var name = [UInt8](repeating: 0, count: 80)
            var count = 0
            _ = unsafe name.withUnsafeMutableBytes { bytes in
                unsafe EVP_PKEY_get_group_name(key, bytes.bindMemory(to: CChar.self).baseAddress, bytes.count, &count)
            }
            ERR_clear_error()
            switch String(decoding: name.prefix(count), as: UTF8.self) {
            case "prime256v1": return .curve(algorithm: "ES256", size: 32)
            case "secp384r1": return .curve(algorithm: "ES384", size: 48)
            case "secp521r1": return .curve(algorithm: "ES512", size: 66)
            default: return nil
            }
        }

        func accepts(_ signature: [UInt8], of message: [UInt8], _ digest: Digest) -> Bool {
            guard let context = unsafe EVP_MD_CTX_new() else { preconditionFailure("libcrypto: out of memory") }
            defer {
                unsafe EVP_MD_CTX_free(context)
                ERR_clear_error()
            }
            guard unsafe EVP_DigestVerifyInit(context, nil, digest.function, nil, key) == 1 else { return false }
            return unsafe EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
        }
    }
}

/// SHA-2 by its number of bits.
enum Digest: String {
    case bits256 = "256"
    case bits384 = "384"
    case bits512 = "512"

    /// An `EVP_MD`.
    var function: OpaquePointer? {
        switch self {
        case .bits256: unsafe EVP_sha256()
        case .bits384: unsafe EVP_sha384()
        case .bits512: unsafe EVP_sha512()
        }
    }
}
