/// How connections are made; the same for all workers, made once.
package struct CurlConfiguration: Sendable {
    let roots: TrustedRoots
    /// A proxy's address as curl reads it; empty for none at all; `nil` for what `HTTPS_PROXY`, `NO_PROXY` and the like say.
    ///
    /// It may hold a password and never appears in a message.
    package var proxy: String?
    /// The `User-Agent` header, `pinglink/1.0`.
    package var userAgent: String
    /// How long name look-up, connection and TLS handshake may take together; a request's timeout bounds it further.
    package var connectTimeout: Duration
    /// Longer bodies are cut off here, after decompression, unless their request has another limit.
    package var maxBodyBytes: Int
    /// Replies with more header bytes, interim replies and trailers included, are given up.
    package var maxHeaderBytes: Int

    /// - Parameters:
    ///   - caFile: a PEM file with roots to trust on top of the system's; read here, once for all workers.
    ///   - proxy: see ``proxy``.
    ///   - userAgent: see ``userAgent``.
    ///   - connectTimeout: above zero.
    ///   - maxBodyBytes: zero or more; 1 MiB is a thousand times what PingOne answers.
    ///   - maxHeaderBytes: above zero. libcurl's own limits stay: 100 KiB for one line, 300 KiB for a reply.
    /// - Throws: ``TransportConfigurationError`` when the PEM file cannot be used.
    package init(
        caFile: String? = nil,
        proxy: String? = nil,
        userAgent: String,
        connectTimeout: Duration = .seconds(10),
        maxBodyBytes: Int = 1 << 20,
        maxHeaderBytes: Int = 256 << 10
    ) throws(TransportConfigurationError) {
        roots = try TrustedRoots(addingFile: caFile)
        self.proxy = proxy
        self.userAgent = userAgent
        self.connectTimeout = connectTimeout
        self.maxBodyBytes = maxBodyBytes
        self.maxHeaderBytes = maxHeaderBytes
    }
}

/// Why no request can be made at all with this configuration.
package enum TransportConfigurationError: Error, Equatable, CustomStringConvertible {
    /// The file with extra roots cannot be read.
    case unreadableRoots(file: String)
    /// The file with extra roots holds nothing between `BEGIN CERTIFICATE` and `END CERTIFICATE`, or damaged text.
    case noCertificate(file: String)
    /// libcurl does not start, or lacks something that the transport relies on.
    case library(reason: String)

    package var description: String {
        switch self {
        case .unreadableRoots(let file):
            "\(file): the file with trusted roots cannot be read; check its path and permissions."
        case .noCertificate(let file):
            "\(file): no readable PEM certificate in it; name a file with BEGIN CERTIFICATE blocks."
        case .library(let reason):
            "libcurl: \(reason); version 7.88 or later with OpenSSL is needed."
        }
    }
}
