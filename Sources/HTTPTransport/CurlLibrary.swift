import CLibCurl

/// libcurl as a whole: started once per process, by whoever needs it first.
enum CurlLibrary {
    private static let startCode = pinglink_curl_start()

    /// Starts libcurl unless that has happened. From any thread.
    static func start() throws(TransportConfigurationError) {
        guard startCode == CURLE_OK else { throw .library(reason: "it does not start (\(text(startCode)))") }
        guard speaksOpenSSL3 else { throw .library(reason: "its TLS is not that of OpenSSL 3") }
    }

    /// Only then the connections' contexts are what ``TrustedRoots`` takes them for.
    private static let speaksOpenSSL3: Bool = {
        guard let library = unsafe pinglink_curl_tls_library() else { return false }
        return unsafe String(cString: library).hasPrefix("OpenSSL/3.")
    }()

    /// Where the system's trusted roots are that this libcurl was built for, a file and a folder, if any.
    static var defaultRoots: (file: String?, folder: String?) {
        guard let handle = unsafe curl_easy_init() else { return (nil, nil) }
        defer { unsafe curl_easy_cleanup(handle) }
        func path(_ info: CURLINFO) -> String? {
            var path: UnsafePointer<CChar>?
            guard unsafe pinglink_curl_get_string(handle, info, &path) == CURLE_OK else { return nil }
            return unsafe path.map { unsafe String(cString: $0) }
        }
        return (path(CURLINFO_CAINFO), path(CURLINFO_CAPATH))
    }

    /// libcurl's own name for a code, fixed text without anything from the request.
    static func text(_ code: CURLcode) -> String {
        unsafe String(cString: curl_easy_strerror(code))
    }
}
