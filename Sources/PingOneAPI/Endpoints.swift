/// Where the platform's two services are: the API and the authorization server.
package struct Endpoints: Sendable, Equatable {
    /// `https://api.pingone.com/v1`: with the version, without a slash at the end.
    package var api: String
    /// `https://auth.pingone.com`, or a custom domain's `https://login.example.com/as`: without a slash at the end.
    package var auth: String

    /// - Parameters:
    ///   - region: gives the hosts that are not named.
    ///   - apiURL: instead of the region's API, with or without `/v1`.
    ///   - authURL: instead of the region's authorization server.
    /// - Throws: a URL that is malformed, or one to which no credential may be sent.
    package init(region: Region, apiURL: String? = nil, authURL: String? = nil) throws(EndpointError) {
        let base = try Self.checked(apiURL ?? "https://api.pingone.\(region.rawValue)/v1", flag: "--api-url")
        api = base.hasSuffix("/v1") ? base : base + "/v1"
        auth = try Self.checked(authURL ?? "https://auth.pingone.\(region.rawValue)", flag: "--auth-url")
    }

    package func environment(_ environment: String) -> String {
        "\(api)/environments/\(environment)"
    }

    package func identityProvider(_ id: String, in environment: String) -> String {
        "\(api)/environments/\(environment)/identityProviders/\(id)"
    }

    package func attributeMappings(ofIdentityProvider id: String, in environment: String) -> String {
        identityProvider(id, in: environment) + "/attributes"
    }

    /// `api.pingone.com`, or `127.0.0.1:8080`.
    package var apiHost: String {
        let parts = api.split(separator: "/", maxSplits: 2)
        return parts.count > 1 ? String(parts[1]) : api
    }

    package func users(in environment: String) -> String {
        api + "/environments/" + environment + "/users"
    }

    package func token(inEnvironment environment: String) -> TokenAddress {
        TokenAddress(server: auth, environment: environment)
    }

    /// Only what every URL parser reads alike gets through: a user name, a query or a backslash in a URL is how one
    /// parser sees a loopback address where another one sees a stranger.
    private static func checked(_ url: String, flag: String) throws(EndpointError) -> String {
        var trimmed = url
        while trimmed.hasSuffix("/") { trimmed.removeLast() }
        let parts = trimmed.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count >= 3, parts[1].isEmpty, let host = host(ofAuthority: parts[2]),
            trimmed.utf8.allSatisfy({ isPlain($0) })
        else { throw .malformed(flag: flag) }
        switch parts[0].lowercased() {
        case "https:": return trimmed
        case "http:" where isLoopback(host): return trimmed
        case "http:": throw .plainHTTP(flag: flag)
        default: throw .malformed(flag: flag)
        }
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: "-._~:/[]".utf8.contains(byte)
        }
    }

    /// The host of `host`, `host:port`, `[::1]` or `[::1]:port`.
    private static func host(ofAuthority authority: Substring) -> Substring? {
        if authority.hasPrefix("[") {
            guard let end = authority.firstIndex(of: "]") else { return nil }
            let host = authority[..<end].dropFirst()
            guard host.contains(":"), host.allSatisfy({ $0.isHexDigit || $0 == ":" || $0 == "." }) else { return nil }
            return isPort(authority[authority.index(after: end)...]) ? host : nil
        }
        let end = authority.firstIndex(of: ":") ?? authority.endIndex
        let host = authority[..<end]
        guard !host.isEmpty, !host.contains(where: { $0 == "[" || $0 == "]" }) else { return nil }
        return isPort(authority[end...]) ? host : nil
    }

    private static func isPort(_ text: Substring) -> Bool {
        text.isEmpty || (text.hasPrefix(":") && UInt16(text.dropFirst()).map { $0 > 0 } == true)
    }

    /// `localhost`, 127.0.0.0/8 written as four numbers, and `::1`.
    package static func isLoopback(_ host: some StringProtocol) -> Bool {
        if host.lowercased() == "localhost" || host == "::1" { return true }
        let numbers = host.split(separator: ".", omittingEmptySubsequences: false)
        return numbers.count == 4 && numbers[0] == "127" && numbers.allSatisfy { UInt8($0) != nil }
    }
}

package enum EndpointError: Error, Equatable, CustomStringConvertible {
    case malformed(flag: String)
    case plainHTTP(flag: String)

    package var description: String {
        switch self {
        case .malformed(let flag):
            "\(flag): not a URL of the form https://host[:port][/path]. Give scheme, host and path only."
        case .plainHTTP(let flag):
            "\(flag): credentials are never sent over plain http:// except to a loopback address. Use https://."
        }
    }
}
