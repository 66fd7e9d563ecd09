import CLibCurl

/// libcurl as a whole: started once per process, by whoever needs it first.
enum CurlLibrary {
    private static let startCode = pinglink_curl_start()

    /// Starts libcurl unless that has happened. From any thread.
    static func start() throws(TransportConfigurationError) {
        guard startCode == CURLE_OK else { throw .library(reason: "it does not start (\(text(startCode)))") }
    }

    /// The file with the system's trusted roots that this libcurl was built for, if any.
    static var defaultRootsPath: String? {
        guard let handle = unsafe curl_easy_init() else { return nil }
        defer { unsafe curl_easy_cleanup(handle) }
        var path: UnsafePointer<CChar>?
        guard unsafe pinglink_curl_get_string(handle, CURLINFO_CAINFO, &path) == CURLE_OK else { return nil }
        return unsafe path.map { unsafe String(cString: $0) }
    }

    /// libcurl's own name for a code, fixed text without anything from the request.
    static func text(_ code: CURLcode) -> String {
        unsafe String(cString: curl_easy_strerror(code))
    }
}
