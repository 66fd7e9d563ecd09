import CLibCurl
import FoundationEssentials

/// The system's trusted roots and a file's, together.
///
/// libcurl's own option for such a file replaces the system's bundle, and a proxy with its own root would then cut off
/// every other host. So both are handed over as one text.
package struct TrustedRoots: Sendable, Equatable {
    /// PEM certificates, the system's first.
    let pem: [UInt8]

    /// Reads the file and the bundle that libcurl trusts by default.
    ///
    /// - Parameter path: a PEM file; text between its certificates does not matter.
    /// - Throws: ``TransportConfigurationError`` when it cannot be read or one of its certificates is damaged.
    package init(addingFile path: String) throws(TransportConfigurationError) {
        try CurlLibrary.start()
        guard let extra = FileManager.default.contents(atPath: path) else { throw .unreadableRoots(file: path) }
        guard Self.holdsCertificates(String(decoding: extra, as: UTF8.self)) else { throw .noCertificate(file: path) }
        // Without a bundle of its own (a bare container), libcurl still looks into its directory of roots, if any.
        let system = CurlLibrary.defaultRootsPath.flatMap { FileManager.default.contents(atPath: $0) } ?? Data()
        pem = Array(system) + Array("\n".utf8) + Array(extra)
    }

    /// Whether there is at least one certificate, and each is base64 that begins as every certificate does.
    ///
    /// OpenSSL gives up the whole text at the first damaged block, the system's roots included: it must not get there.
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
