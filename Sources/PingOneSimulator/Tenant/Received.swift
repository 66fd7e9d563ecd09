/// A request as it came in, with its path and body read. Making one needs no state, so it happens before the lock.
struct Received: Sendable {
    let method: String
    let route: Route
    let query: String
    let contentType: String?
    let authorization: String?
    /// Whom the client took it for: host and port.
    let host: String?
    let userAgent: String?
    /// As the client sent it.
    let transactionID: String?
    let body: [UInt8]
    /// Only for the creation of a link.
    let linkOrder: LinkOrder?

    init(
        method: String,
        path: String,
        query: String = "",
        contentType: String? = nil,
        authorization: String? = nil,
        host: String? = nil,
        userAgent: String? = nil,
        transactionID: String? = nil,
        body: [UInt8] = []
    ) {
        self.method = method
        self.query = query
        self.contentType = contentType
        self.authorization = authorization
        self.host = host
        self.userAgent = userAgent
        self.transactionID = transactionID
        self.body = body
        route = Route(path: path)
        if case .api(_, .linkedAccounts) = route, method == "POST" {
            linkOrder = LinkOrder(body: body)
        } else {
            linkOrder = nil
        }
    }

    /// The access token, if there is one.
    var bearerToken: Substring? {
        guard let words = authorization?.split(separator: " ", maxSplits: 1), words.count == 2,
            words[0].lowercased() == "bearer"
        else { return nil }
        return words[1]
    }
}
