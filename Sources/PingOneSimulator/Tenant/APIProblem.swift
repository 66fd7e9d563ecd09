/// A refusal in the shape that all PingOne services share: `id`, `code`, `message`, `details`.
///
/// Source: https://developer.pingidentity.com/pingone-api/platform/reference/error-codes.html; the codes for each
/// status are those of Ping's OpenAPI description (github.com/pingidentity/pingone-go-client).
struct APIProblem: Error, Equatable, Sendable {
    struct Detail: Equatable, Sendable {
        var code: String
        var target: String?
        var message: String
    }

    var status: Int
    var code: String
    var message: String
    var details: [Detail] = []

    /// The body. `id` identifies this one answer.
    func json(id: ResourceID) -> JSON {
        var members: [JSON.Member] = [
            .init(name: "id", value: .string(id.description)),
            .init(name: "code", value: .string(code)),
            .init(name: "message", value: .string(message)),
        ]
        if !details.isEmpty {
            members.append(.init(name: "details", value: .array(details.map(\.json))))
        }
        return .object(members)
    }
}

extension APIProblem.Detail {
    fileprivate var json: JSON {
        var members: [JSON.Member] = [.init(name: "code", value: .string(code))]
        if let target { members.append(.init(name: "target", value: .string(target))) }
        members.append(.init(name: "message", value: .string(message)))
        return .object(members)
    }

    static func required(_ target: String) -> Self {
        .init(code: "REQUIRED_VALUE", target: target, message: "The value is required.")
    }

    static func empty(_ target: String) -> Self {
        .init(code: "EMPTY_VALUE", target: target, message: "The value must not be empty.")
    }

    static func invalid(_ target: String) -> Self {
        .init(code: "INVALID_VALUE", target: target, message: "Invalid value for attribute.")
    }

    /// For a query parameter.
    static func invalidParameter(_ target: String) -> Self {
        .init(code: "INVALID_PARAMETER", target: target, message: "Invalid value for parameter.")
    }

    static let invalidFilter = Self(code: "INVALID_FILTER", target: "filter", message: "The filter is not supported.")

    static func notUnique(_ target: String) -> Self {
        .init(
            code: "UNIQUENESS_VIOLATION",
            target: target,
            message: "is unique but a non-unique value is provided"
        )
    }
}

extension APIProblem {
    static func invalidData(_ details: [Detail]) -> Self {
        .init(
            status: 400,
            code: "INVALID_DATA",
            message: "The request could not be completed. One or more validation errors were in the request.",
            details: details
        )
    }

    static let malformed = Self(
        status: 400,
        code: "INVALID_REQUEST",
        message: "The request could not be completed. The request was malformed or invalid."
    )

    static let coreMappingRemains = Self(
        status: 400,
        code: "REQUEST_FAILED",
        message: "The request could not be completed. There was an issue processing the request.",
        details: [
            .init(code: "CONSTRAINT_VIOLATION", target: "mappingType", message: "A core mapping cannot be removed.")
        ]
    )

    static let invalidToken = Self(
        status: 401,
        code: "ACCESS_FAILED",
        message: "The request could not be completed. You do not have access to this resource.",
        details: [
            .init(code: "INVALID_TOKEN", target: nil, message: "The access token is missing, unknown or expired.")
        ]
    )

    static let forbidden = Self(
        status: 403,
        code: "ACCESS_FAILED",
        message: "The request could not be completed. You do not have access to this resource.",
        details: [
            .init(
                code: "INSUFFICIENT_PERMISSIONS",
                target: nil,
                message: "The actor attempting to perform the request is not authorized."
            )
        ]
    )

    static let notFound = Self(
        status: 404,
        code: "NOT_FOUND",
        message: "The request could not be completed. The requested resource was not found."
    )

    static let methodNotAllowed = Self(
        status: 405,
        code: "INVALID_REQUEST",
        message: "The request could not be completed. The method is not supported for this resource."
    )

    static let tooLarge = Self(
        status: 413,
        code: "INVALID_REQUEST",
        message: "The request could not be completed. The request body is too large."
    )

    static func unsupportedMediaType(expected: String) -> Self {
        .init(
            status: 415,
            code: "INVALID_REQUEST",
            message: "The request could not be completed. The content type must be \(expected)."
        )
    }

    static let limited = Self(
        status: 429,
        code: "REQUEST_LIMITED",
        message: "The request could not be completed. The request limit has been exceeded.",
        details: [.init(code: "LIMIT_EXCEEDED", target: nil, message: "Too many requests in this period of time.")]
    )

    static let unexpected = Self(
        status: 500,
        code: "UNEXPECTED_ERROR",
        message: "The request could not be completed. An unexpected error occurred processing the request."
    )
}
