import CLibCrypto

/// A private key in OpenSSL's hands. Owns one `EVP_PKEY`; for one thread at a time.
@safe struct PrivateKey: ~Copyable {
    private let key: OpaquePointer

    /// Nil where it cannot be read; nobody is asked for a passphrase.
    init?(pem: [UInt8]) {
        let key = unsafe pem.withUnsafeBytes { bytes -> OpaquePointer? in
            guard let source = unsafe BIO_new_mem_buf(bytes.baseAddress, CInt(bytes.count)) else { return nil }
            defer { unsafe BIO_free(source) }
            return unsafe PEM_read_bio_PrivateKey(source, nil, { _, _, _, _ in -1 }, nil)
        }
        // What went wrong is left in a list of the thread's, which others would take for theirs.
        ERR_clear_error()
        guard let key = unsafe key else { return nil }
        unsafe self.key = key
    }

    deinit {
        unsafe EVP_PKEY_free(key)
    }

    /// - Throws: why there is none.
    func algorithm() throws(SigningKeyError) -> SigningKey.Algorithm {
        if unsafe EVP_PKEY_is_a(key, "RSA") == 1 {
            let bits = unsafe Int(EVP_PKEY_get_bits(key))
            guard bits >= 2048 else { throw .shortRSA(bits: bits) }
            return .rs256
        }
        guard unsafe EVP_PKEY_is_a(key, "EC") == 1 else {
            throw .unfitKind(unsafe EVP_PKEY_get0_type_name(key).map { unsafe String(cString: $0) } ?? "unknown")
        }
        switch curve {
        case "prime256v1": return .es256
        case "secp384r1": return .es384
        case "secp521r1": return .es512
        case let other: throw .unfitCurve(other)
        }
    }

    private var curve: String? {
        var name = [UInt8](repeating: 0, count: 80)
        var count = 0
        let isKnown = unsafe name.withUnsafeMutableBytes { bytes in
            unsafe EVP_PKEY_get_group_name(key, bytes.bindMemory(to: CChar.self).baseAddress, bytes.count, &count)
        }
        ERR_clear_error()
        return isKnown == 1 ? String(decoding: name.prefix(count), as: UTF8.self) : nil
    }

    func signature(of message: [UInt8], _ algorithm: SigningKey.Algorithm) -> [UInt8] {
        guard let context = unsafe EVP_MD_CTX_new() else { preconditionFailure("libcrypto: out of memory") }
        defer { unsafe EVP_MD_CTX_free(context) }
        let digest = unsafe algorithm.digest
        var count = 0
        var isSigned = unsafe EVP_DigestSignInit(context, nil, digest, nil, key)
        if isSigned == 1 { isSigned = unsafe EVP_DigestSign(context, nil, &count, message, message.count) }
        var signature = [UInt8](repeating: 0, count: count)
        if isSigned == 1 { isSigned = unsafe EVP_DigestSign(context, &signature, &count, message, message.count) }
        precondition(isSigned == 1, "libcrypto could not sign \(message.count) bytes")
        let made = Array(signature.prefix(count))
        return algorithm.numberSize.map { Self.joined(made, numberSize: $0) } ?? made
    }

    /// The two numbers of an ECDSA signature one behind the other, each of so many bytes, instead of OpenSSL's ASN.1.
    private static func joined(_ signature: [UInt8], numberSize: Int) -> [UInt8] {
        var joined = [UInt8](repeating: 0, count: 2 * numberSize)
        unsafe signature.withUnsafeBufferPointer { bytes in
            var start = bytes.baseAddress
            guard let parsed = unsafe d2i_ECDSA_SIG(nil, &start, bytes.count) else {
                preconditionFailure("libcrypto cannot read its own signature")
            }
            defer { unsafe ECDSA_SIG_free(parsed) }
            let size = CInt(numberSize)
            unsafe joined.withUnsafeMutableBufferPointer { target in
                let middle = unsafe target.baseAddress.map { unsafe $0 + numberSize }
                let first = unsafe BN_bn2binpad(ECDSA_SIG_get0_r(parsed), target.baseAddress, size)
                let second = unsafe BN_bn2binpad(ECDSA_SIG_get0_s(parsed), middle, size)
                precondition(first == size && second == size, "an ECDSA signature does not fit its curve")
            }
        }
        return joined
    }
}

extension SigningKey.Algorithm {
    /// An `EVP_MD`.
    fileprivate var digest: OpaquePointer? {
        switch self {
        case .rs256, .es256: unsafe EVP_sha256()
        case .es384: unsafe EVP_sha384()
        case .es512: unsafe EVP_sha512()
        }
    }

    /// Of the two numbers of which an ECDSA signature consists, in bytes; nil for RSA.
    fileprivate var numberSize: Int? {
        switch self {
        case .rs256: nil
        case .es256: 32
        case .es384: 48
        case .es512: 66
        }
    }
}
