/// Comparing the values of `Content-Type`.
enum MediaType {
    /// Whether a header names this media type; parameters such as `charset` and the case of letters do not count.
    static func matches(_ header: String?, _ mediaType: String) -> Bool {
        guard let type = header?.prefix(while: { $0 != ";" && $0 != " " }) else { return false }
        return type.lowercased() == mediaType
    }
}
