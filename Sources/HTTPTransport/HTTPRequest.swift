/// One header field, as it stands on the wire.
///
/// Its description hides the value, which may be a credential.
package struct HTTPHeader: Sendable, Equatable, CustomStringConvertible, CustomReflectable {
    /// The field's name; compared without regard to case.
    package var name: String
    /// The field's value, without the line end.
    package var value: String

    package init(name: String, value: String) {
        self.name = name
        self.value = value
    }

    /// Whether this is its name, given in small letters.
    func isNamed(_ lowercasedName: String) -> Bool {
        guard name.utf8.count == lowercasedName.utf8.count else { return false }
        return unsafe name.withBytes { name in
            unsafe lowercasedName.withBytes { other in
                name.indices.allSatisfy { unsafe name[$0].lowercasedASCII == other[$0] }
            }
        }
    }

    package var description: String { "\(name): ••••" }

    package var customMirror: Mirror { Mirror(self, children: ["name": name]) }
}

/// One HTTP request, complete in memory, so that it can be sent again as it was.
///
/// Descriptions and reflections show the method, the address without its query, and the body's size: headers carry
/// credentials, and bodies and queries carry people's data.
package struct HTTPRequest: Sendable, Equatable, CustomStringConvertible, CustomReflectable {
    /// The methods this program needs. Only `post` and `put` carry a body.
    package enum Method: String, Sendable {
        case get = "GET"
        case post = "POST"
        case put = "PUT"
        case delete = "DELETE"

        /// Whether the request has a body, which may be empty: it is then announced as `Content-Length: 0`.
        package var carriesBody: Bool { self == .post || self == .put }
    }

    package var method: Method
    /// An absolute `http` or `https` address, percent-encoded, without a user name.
    package var url: String
    /// Sent in this order. `Content-Length`, `Host` and `Accept-Encoding` are the transport's business.
    package var headers: [HTTPHeader]
    /// The body's bytes; `nil` exactly when the method carries none (`nil` for `post` and `put` is an empty body).
    package var body: [UInt8]?
    /// How long the request may take as a whole, from the name look-up to the last byte of the reply; above zero.
    package var timeout: Duration
    /// Where a reply's body is cut off, if not where the transport cuts off all others.
    package var maxBodyBytes: Int?

    package init(
        method: Method,
        url: String,
        headers: [HTTPHeader] = [],
        body: [UInt8]? = nil,
        timeout: Duration = .seconds(30)
    ) {
        precondition(method.carriesBody || body == nil, "a \(method.rawValue) request carries no body")
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.timeout = timeout
    }

    package var description: String {
        let address = url.prefix { $0 != "?" && $0 != "#" }
        return "\(method.rawValue) \(address) (\(body?.count ?? 0) bytes)"
    }

    package var customMirror: Mirror { Mirror(self, children: ["request": description]) }
}
