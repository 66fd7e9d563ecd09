import FoundationEssentials

/// One API request, as it came in and what became of it. Never holds a token.
package struct JournalEntry: Equatable, Sendable {
    /// What went back to the client.
    package enum Answer: Equatable, Sendable {
        case status(Int)
        case reset
        case stall
    }

    /// From 1, in the order in which requests were decided. Requests for tokens have none.
    package var sequence: Int
    package var method: String
    /// The kind of resource: `linkedAccounts`, `user`, …; `unknown` for a path that is none.
    package var route: String
    /// What follows the path's `?`, as it was sent; empty if there is none.
    package var query: String
    /// As the path has it.
    package var userID: String?
    /// As the body of a POST to `linkedAccounts` has it.
    package var externalID: String?
    /// As the body of a POST to `linkedAccounts` has it, or the path of an identity provider.
    package var identityProviderID: String?
    package var transactionID: String?
    package var answer: Answer
    /// The request has changed something.
    package var applied: Bool
    package var fault: Fault?
    package var contentType: String?
    package var userAgent: String?
    package var hasAuthorization: Bool
    /// The exact bytes.
    package var body: [UInt8]

    var json: JSON {
        let text = String(validating: body, as: UTF8.self)
        let answer: JSON =
            switch answer {
            case .status(let status): .integer(status)
            case .reset: "reset"
            case .stall: "stall"
            }
        return [
            "sequence": .integer(sequence),
            "method": .string(method),
            "route": .string(route),
            "query": .string(query),
            "userID": Self.json(userID),
            "externalID": Self.json(externalID),
            "identityProviderID": Self.json(identityProviderID),
            "transactionID": Self.json(transactionID),
            "answer": answer,
            "applied": .bool(applied),
            "fault": Self.json(fault?.rawValue),
            "contentType": Self.json(contentType),
            "userAgent": Self.json(userAgent),
            "hasAuthorization": .bool(hasAuthorization),
            "body": text.map(JSON.string) ?? .null,
            "bodyBase64": text == nil ? .string(Data(body).base64EncodedString()) : .null,
        ]
    }

    private static func json(_ text: String?) -> JSON {
        text.map(JSON.string) ?? .null
    }
}
