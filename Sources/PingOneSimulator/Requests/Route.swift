/// What a request's path asks for. Ids are still text: whether they exist is for the tenant to say.
enum Route: Equatable, Sendable {
    /// `/{environment}/as/token`; nil for `/as/token`, as a custom domain has it.
    case token(environment: String?)
    /// `/v1/environments/{environment}…`
    case api(environment: String, Resource)
    /// `/_simulator…`: what follows, without the slash; empty for the overview.
    case control(String)
    case unknown

    /// Reads a path without its query. A trailing slash makes another, unknown path.
    init(path: String) {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map(String.init)
        switch parts.count {
        case 1... where parts[0] == "_simulator":
            self = .control(parts.dropFirst().joined(separator: "/"))
        case 2 where parts == ["as", "token"]:
            self = .token(environment: nil)
        case 3 where parts[1] == "as" && parts[2] == "token":
            self = .token(environment: parts[0])
        case 3... where parts[0] == "v1" && parts[1] == "environments":
            self = Resource(Array(parts.dropFirst(3))).map { .api(environment: parts[2], $0) } ?? .unknown
        default:
            self = .unknown
        }
    }
}
