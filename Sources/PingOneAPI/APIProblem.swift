package import HTTPTransport
import JSON

/// What an error answer tells a program: its codes, never its message, which may repeat the values that were sent.
///
/// Source: PingOne API, "Error codes": `id`, `code`, `details[].code`, `details[].target`. Every field may be missing:
/// gateways answer with HTML, and codes that nobody has seen yet are passed on as they are.
package struct APIProblem: Sendable, Equatable {
    /// The HTTP status, 100 to 999.
    package var status: Int
    /// The fault class, for instance `INVALID_DATA`.
    package var code: String?
    /// The first detail's code, or `UNIQUENESS_VIOLATION` where any detail has it.
    package var detailCode: String?
    /// What that detail points at: an attribute's name, for instance `email`.
    package var target: String?
    /// The id under which PingOne's support finds the error.
    package var id: String?
    /// Whether the API's own front door says that it does not know the path: the address is wrong, not the permission.
    ///
    /// Source: seen by operators of live tenants: 403 with `Invalid key=value pair (missing equal-sign) in Authorization
    /// header …`.
    package var isUnknownPath = false

    package init(
        status: Int,
        code: String? = nil,
        detailCode: String? = nil,
        target: String? = nil,
        id: String? = nil
    ) {
        self.status = status
        self.code = code
        self.detailCode = detailCode
        self.target = target
        self.id = id
    }

    package init(_ response: HTTPResponse) {
        self.init(status: response.status)
        isUnknownPath =
            response.status == 403 && String(decoding: response.body, as: UTF8.self).contains(Self.unknownPath)
        guard let document = try? JSONValue(parsing: response.body) else { return }
        code = Self.token(document["code"])
        id = Self.token(document["id"])
        let details = document["details"]?.array ?? []
        let detail = details.first { $0["code"]?.string == Self.uniquenessViolation } ?? details.first
        detailCode = Self.token(detail?["code"])
        target = Self.token(detail?["target"])
    }

    private static let unknownPath = "missing equal-sign"

    /// Whether a gateway or firewall has forbidden the request rather than PingOne, whose 403 always has a code.
    ///
    /// Source: Ping's own OpenAPI description requires `code` in each error document.
    package var isGateways: Bool { status == 403 && code == nil }

    package static let uniquenessViolation = "UNIQUENESS_VIOLATION"

    /// One line for people: `HTTP 400 INVALID_DATA, UNIQUENESS_VIOLATION (externalId)`.
    package var summary: String {
        var text = "HTTP \(status)"
        if let code { text += " \(code)" }
        if let detail { text += ", \(detail)" }
        return text
    }

    /// `UNIQUENESS_VIOLATION (externalId)`: the detail's code and what it points at.
    package var detail: String? {
        guard let detailCode else { return target }
        return target.map { "\(detailCode) (\($0))" } ?? detailCode
    }

    /// A code, a name or an id, and nothing that a hostile or careless answer could smuggle into a log: letters,
    /// digits and a few marks, 128 at most.
    static func token(_ value: JSONValue?) -> String? {
        guard let text = value?.string, (1...128).contains(text.utf8.count) else { return nil }
        let isToken = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
            case UInt8(ascii: "0")...UInt8(ascii: "9"): true
            default: "_-.:/[]".utf8.contains(byte)
            }
        }
        return isToken ? text : nil
    }
}

extension HTTPResponse {
    /// The id under which PingOne's support finds the call, from the answer's `Correlation-Id`; nil where that is no id.
    package var correlationID: String? { APIProblem.token(JSONValue(header("correlation-id"))) }
}
