import CLibCurl
import CLibSSL
import FoundationEssentials
import Synchronization

/// The system's trusted roots and a file's, together. Any thread may use it.
///
/// libcurl reads its roots for each handle anew, and a text with roots even for each connection, which takes 70 ms of CPU
/// with OpenSSL 3.0. And its own option for a file replaces the system's roots: a proxy with its own root would then cut off
/// every other host. So all connections get one store of OpenSSL's, which is read when the first one needs it.
@safe package final class TrustedRoots: Sendable {
    /// PEM text.
    private let extra: [UInt8]
    /// Nil until it is needed.
    private let store = Mutex<RootStore?>(nil)

    /// - Parameter path: a PEM file to trust on top of the system's roots; text between its certificates does not matter.
    /// - Throws: ``TransportConfigurationError`` when it cannot be read or one of its certificates is damaged.
    package init(addingFile path: String? = nil) throws(TransportConfigurationError) {
        guard let path else {
            extra = []
            return
        }
        guard let text = FileManager.default.contents(atPath: path) else { throw .unreadableRoots(file: path) }
        guard Self.holdsCertificates(String(decoding: text, as: UTF8.self)) else { throw .noCertificate(file: path) }
        extra = Array(text)
    }

    /// Lets a new connection trust these roots.
    ///
    /// - Parameter context: the connection's `SSL_CTX`.
    /// - Returns: false when the roots cannot be read.
    fileprivate func trust(in context: OpaquePointer) -> Bool {
        store.withLock { store in
            store = store ?? read()
            guard let store else { return false }
            unsafe SSL_CTX_set1_cert_store(context, store.pointer)
            return true
        }
    }

    private func read() -> RootStore? {
        guard let store = RootStore() else { return nil }
        let system = CurlLibrary.defaultRoots
        // Bare containers have no bundle: then the extra roots must do.
        if let file = system.file, FileManager.default.fileExists(atPath: file) {
            guard unsafe X509_STORE_load_file(store.pointer, file) == 1 else { return nil }
        }
        if let folder = system.folder, FileManager.default.fileExists(atPath: folder) {
            guard unsafe X509_STORE_load_path(store.pointer, folder) == 1 else { return nil }
        }
        guard !extra.isEmpty else { return store }
        let isAdded = unsafe extra.withUnsafeBytes { text in
            unsafe pinglink_ssl_add_roots(store.pointer, text.baseAddress, Int32(text.count)) == 1
        }
        return isAdded ? store : nil
    }

    /// Whether there is at least one certificate, and each is base64 that begins as every certificate does: what is wrong
    /// with a file is to be said before anything is sent.
    private static func holdsCertificates(_ text: String) -> Bool {
        let blocks = text.split(separator: "-----BEGIN CERTIFICATE-----", omittingEmptySubsequences: false).dropFirst()
        return !blocks.isEmpty
            && blocks.allSatisfy { block in
                guard let end = block.firstRange(of: "-----END CERTIFICATE-----") else { return false }
                let base64 = block[..<end.lowerBound].filter { !$0.isWhitespace }
                return Data(base64Encoded: base64)?.first == 0x30  // DER: SEQUENCE
            }
    }
}

/// An `X509_STORE`, which OpenSSL itself keeps safe on several threads once it is filled.
@safe private final class RootStore: @unchecked Sendable {
    let pointer: OpaquePointer

    init?() {
        guard let pointer = unsafe X509_STORE_new() else { return nil }
        unsafe self.pointer = pointer
        // As libcurl has it: any certificate of the store is an end of the chain, an intermediate one too.
        unsafe X509_STORE_set_flags(pointer, UInt(X509_V_FLAG_TRUSTED_FIRST | X509_V_FLAG_PARTIAL_CHAIN))
    }

    deinit {
        unsafe X509_STORE_free(pointer)
    }
}

/// libcurl is about to connect with TLS; `roots`: a ``TrustedRoots`` that outlives the handle.
func onTLSContext(
    _: UnsafeMutableRawPointer?,
    _ context: UnsafeMutableRawPointer?,
    _ roots: UnsafeMutableRawPointer?
) -> CURLcode {
    guard let context = unsafe context, let roots = unsafe roots else {
        preconditionFailure("libcurl called back without its context")
    }
    let isTrusted = unsafe Unmanaged<TrustedRoots>.fromOpaque(roots).takeUnretainedValue()
        .trust(in: OpaquePointer(context))
    return isTrusted ? CURLE_OK : CURLE_SSL_CACERT_BADFILE
}
