package import HTTPTransport
import JSON

/// The requests that this program makes, for one environment and without a token: pure values.
package struct PingOneCalls: Sendable, Equatable {
    package let endpoints: Endpoints
    package let environment: String
    /// How long one request may take.
    package let timeout: Duration
    /// `…/environments/{envID}/users/`, with which the addresses of most requests begin.
    private let users: String

    package init(endpoints: Endpoints, environment: String, timeout: Duration) {
        self.endpoints = endpoints
        self.environment = environment
        self.timeout = timeout
        users = endpoints.users(in: environment) + "/"
    }

    /// Create Linked Account. `transaction` is what PingOne's audit shows with the call: at most 100 characters of
    /// letters, digits and `. _ - / @ = # +`.
    package func createLink(_ link: LinkRequest, ofUser user: String, transaction: String) -> HTTPRequest {
        HTTPRequest(
            method: .post,
            url: linkedAccountsURL(ofUser: user),
            headers: [
                HTTPHeader(name: "Content-Type", value: LinkRequest.contentType),
                HTTPHeader(name: "X-Ping-External-Transaction-ID", value: transaction),
            ],
            body: link.body,
            timeout: timeout
        )
    }

    package func linkedAccounts(ofUser user: String) -> HTTPRequest {
        get(linkedAccountsURL(ofUser: user))
    }

    /// Delete Linked Account; answered with 204 and no body.
    package func deleteLink(_ linkedAccountID: String, ofUser user: String) -> HTTPRequest {
        HTTPRequest(
            method: .delete,
            url: linkedAccountsURL(ofUser: user) + "/" + linkedAccountID,
            headers: [HTTPHeader(name: "Accept", value: "application/json")],
            body: nil,
            timeout: timeout
        )
    }

    package func readEnvironment() -> HTTPRequest {
        get(endpoints.environment(environment))
    }

    package func readIdentityProvider(_ id: String) -> HTTPRequest {
        get(endpoints.identityProvider(id, in: environment))
    }

    package func attributeMappings(ofIdentityProvider id: String) -> HTTPRequest {
        get(endpoints.attributeMappings(ofIdentityProvider: id, in: environment))
    }

    /// Create Identity Provider Attribute.
    package func createMapping(_ mapping: AttributeMapping, ofIdentityProvider id: String) -> HTTPRequest {
        send(mapping, by: .post, to: endpoints.attributeMappings(ofIdentityProvider: id, in: environment))
    }

    /// Update Identity Provider Attribute: the mapping with this id becomes what `mapping` says. May be repeated.
    package func changeMapping(
        _ mappingID: String,
        to mapping: AttributeMapping,
        ofIdentityProvider id: String
    ) -> HTTPRequest {
        let url = endpoints.attributeMappings(ofIdentityProvider: id, in: environment) + "/\(mappingID)"
        return send(mapping, by: .put, to: url)
    }

    /// The users who have this value, two at most to a page: the second one shows that the first is not the only one.
    ///
    /// The value is a JSON string, as RFC 7644, section 3.4.2.2, has it for filters: whatever it holds cannot end it.
    package func users(matching key: UserKey, _ value: String) -> HTTPRequest {
        var filter = Array("\(key.rawValue) eq ".utf8)
        JSONText.appendString(value, to: &filter)
        let query = "?filter=\(String(decoding: filter, as: UTF8.self).percentEncoded)&limit=2"
        return get(endpoints.users(in: environment) + query)
    }

    /// The users of the environment, from the first one; `limit`: how many to a page, which is not always obeyed.
    package func users(limit: Int) -> HTTPRequest {
        withRoom(get(endpoints.users(in: environment) + "?limit=\(limit)"))
    }

    /// The next page of all users, as ``page(_:)``.
    package func usersPage(_ link: String) -> HTTPRequest? {
        page(link).map(withRoom)
    }

    /// A thousand users, each with 16 kB of attributes.
    private func withRoom(_ request: HTTPRequest) -> HTTPRequest {
        var request = request
        request.maxBodyBytes = 16 << 20
        return request
    }

    /// The next page of a list, where it is on the same server: a token never follows a link to another one.
    package func page(_ link: String) -> HTTPRequest? {
        link.hasPrefix(endpoints.api + "/") && link.utf8.allSatisfy { (0x21...0x7E).contains($0) } ? get(link) : nil
    }

    private func linkedAccountsURL(ofUser user: String) -> String {
        var url = ""
        url.reserveCapacity(users.utf8.count + user.utf8.count + Self.linkedAccounts.utf8.count)
        url += users
        url += user
        url += Self.linkedAccounts
        return url
    }

    private static let linkedAccounts = "/linkedAccounts"

    private func send(_ mapping: AttributeMapping, by method: HTTPRequest.Method, to url: String) -> HTTPRequest {
        HTTPRequest(
            method: method,
            url: url,
            headers: [HTTPHeader(name: "Content-Type", value: "application/json")],
            body: mapping.body,
            timeout: timeout
        )
    }

    private func get(_ url: String) -> HTTPRequest {
        HTTPRequest(
            method: .get,
            url: url,
            headers: [HTTPHeader(name: "Accept", value: "application/json")],
            body: nil,
            timeout: timeout
        )
    }
}

extension HTTPRequest {
    /// The same request on behalf of the token's holder.
    package func authorized(by token: AccessToken) -> HTTPRequest {
        var request = self
        request.headers.append(HTTPHeader(name: "Authorization", value: "Bearer " + token.value.reveal()))
        return request
    }
}
