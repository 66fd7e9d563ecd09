/// The PingOne that is simulated: one environment with its users, identity providers and a worker application.
///
/// A value without clock, network or chance of its own. It answers as PingOne's documents say; where these say
/// nothing, as the platform does elsewhere, and the place says so.
struct Tenant: Sendable {
    /// `http://host:port/v1`, for the links in bodies.
    var apiURL: String
    private(set) var directory: Directory
    private(set) var tokens: TokenStore
    private var ids: SplitMix64
    private let users: Set<ResourceID>?

    /// - Parameters:
    ///   - apiURL: `http://host:port/v1`; may be set later, before the first request.
    ///   - users: who exists; nil makes a user of every UUID.
    ///   - tokenLifetime: how long a token is good for; whole seconds.
    ///   - ids: where ids and tokens come from.
    init(apiURL: String, users: Set<ResourceID>?, tokenLifetime: Duration, ids: SplitMix64) {
        self.apiURL = apiURL
        self.users = users
        self.ids = ids
        directory = Directory(users: users)
        tokens = TokenStore(lifetime: tokenLifetime)
    }

    private var environmentURL: String { "\(apiURL)/environments/\(KnownIDs.environment)" }

    /// A new id, for a `Correlation-Id` or an error.
    mutating func makeID() -> ResourceID {
        ResourceID(using: &ids)
    }

    mutating func refuse(_ problem: APIProblem) -> Reply {
        .problem(problem, id: makeID())
    }

    mutating func revokeTokens() {
        tokens.revokeAll()
    }

    /// Forgets links and changed attributes; tokens stay good.
    mutating func forgetLinks() {
        directory = Directory(users: users)
    }

    @discardableResult
    mutating func removeLink(_ id: ResourceID) -> Bool {
        directory.remove(id)
    }

    // MARK: - Tokens

    /// Answers a request to the token endpoint. Refusals have the shape of OAuth; an unknown environment is a 404 in
    /// the shape of the platform.
    mutating func answerToken(_ request: Received, environment: String, at moment: Moment) -> Reply {
        let environments = [KnownIDs.environment, KnownIDs.administratorsEnvironment]
        guard environments.contains(environment.lowercased()) else { return refuse(.notFound) }
        guard request.method == "POST" else {
            var reply = refuse(.methodNotAllowed)
            reply.headers = [.init(name: "Allow", value: "POST")]
            return reply
        }
        do {
            try TokenRequest(
                contentType: request.contentType,
                authorization: request.authorization,
                body: request.body
            ).authenticate()
        } catch {
            return reply(to: error)
        }
        return .json([
            "access_token": .string(tokens.issue(at: moment.instant, using: &ids)),
            "token_type": "Bearer",
            "expires_in": .integer(Int(tokens.lifetime.components.seconds)),
        ])
    }

    private mutating func reply(to refusal: TokenRequest.Refusal) -> Reply {
        var reply = Reply.json(
            [
                "error": .string(refusal.error),
                "error_description": "\(refusal.description) (Correlation ID: \(makeID().description))",
            ],
            status: refusal.status
        )
        if refusal.status == 401 {
            reply.headers = [.init(name: "WWW-Authenticate", value: "Basic realm=\"pingone\"")]
        }
        return reply
    }

    // MARK: - The API

    /// Answers a request to the API.
    ///
    /// An unknown environment is a 404 when it is asked for itself and a 403 for whatever is below it: nobody has a
    /// role in an environment that does not exist.
    mutating func answer(_ request: Received, environment: String, _ resource: Resource, at moment: Moment) -> Reply {
        guard let token = request.bearerToken, tokens.accepts(token, at: moment.instant) else {
            return refuse(.invalidToken)
        }
        guard environment.lowercased() == KnownIDs.environment else {
            return refuse(resource == .environment ? .notFound : .forbidden)
        }
        guard resource.methods.contains(request.method) else {
            var reply = refuse(.methodNotAllowed)
            reply.headers = [.init(name: "Allow", value: resource.methods.joined(separator: ", "))]
            return reply
        }
        switch resource {
        case .environment: return .json(environmentJSON)
        case .identityProviders: return list("identityProviders", IdentityProvider.all.map(json(of:)))
        case .identityProvider(let id): return found(IdentityProvider.find(id).map(json(of:)))
        case .attributes(let provider):
            guard let provider = IdentityProvider.find(provider) else { return refuse(.notFound) }
            let mappings = provider.mappings.map { provider.json(of: $0, below: environmentURL) }
            return list("attributes", mappings, at: "/identityProviders/\(provider.id)/attributes")
        case .attribute(let provider, let id):
            let provider = IdentityProvider.find(provider)
            return found(provider?.mapping(id).flatMap { provider?.json(of: $0, below: environmentURL) })
        case .user(let user), .linkedAccounts(let user), .linkedAccount(let user, _):
            guard let user = ResourceID(user), directory.hasUser(user) else { return refuse(.notFound) }
            return answer(request, resource, of: user, at: moment)
        }
    }

    private mutating func answer(
        _ request: Received,
        _ resource: Resource,
        of user: ResourceID,
        at moment: Moment
    ) -> Reply {
        switch resource {
        case .linkedAccounts where request.method == "POST": return addLink(to: user, request, at: moment)
        case .linkedAccounts: return list("linkedAccounts", links(of: user), at: "/users/\(user)/linkedAccounts")
        case .linkedAccount(_, let id):
            guard let link = ResourceID(id).flatMap({ directory.link($0, of: user) }) else { return refuse(.notFound) }
            guard request.method == "DELETE" else { return .json(json(of: link)) }
            directory.remove(link.id)
            return Reply(status: 204, applied: true)
        default: return .json(userJSON(user))
        }
    }

    private mutating func addLink(to user: ResourceID, _ request: Received, at moment: Moment) -> Reply {
        guard MediaType.matches(request.contentType, LinkOrder.contentType) else {
            return refuse(.unsupportedMediaType(expected: LinkOrder.contentType))
        }
        guard let order = request.linkOrder, !order.isMalformed else { return refuse(.malformed) }
        let provider = order.identityProviderID.flatMap(IdentityProvider.find)
        var details = order.details
        if provider == nil, let id = order.identityProviderID, !id.isEmpty {
            details.insert(.invalid("identityProvider.id"), at: 0)
        }
        guard details.isEmpty, let externalID = order.externalID, let provider = provider.flatMap({ ResourceID($0.id) })
        else { return refuse(.invalidData(details)) }

        let link = Directory.Link(
            id: makeID(),
            user: user,
            identityProvider: provider,
            externalID: externalID,
            createdBy: request.transactionID
        )
        switch directory.add(link, changing: order.attributes, at: moment.date) {
        case .linked(let link):
            var reply = Reply.json(json(of: link, embedding: true))
            reply.applied = true
            return reply
        case .refused(let details):
            return refuse(.invalidData(details))
        }
    }
}

// MARK: - Bodies

extension Tenant {
    private mutating func found(_ json: JSON?) -> Reply {
        json.map { .json($0) } ?? refuse(.notFound)
    }

    /// The list of this name; `path` is where it is below the environment, if that is not its name.
    private func list(_ name: String, _ elements: [JSON], at path: String? = nil) -> Reply {
        .json([
            "_links": ["self": ["href": "\(environmentURL)\(path ?? "/\(name)")"]],
            "_embedded": .object([.init(name: name, value: .array(elements))]),
            "count": .integer(elements.count),
            "size": .integer(elements.count),
        ])
    }

    private var environmentJSON: JSON {
        [
            "_links": ["self": ["href": .string(environmentURL)]],
            "id": .string(KnownIDs.environment),
            "name": "Simulated environment",
            "type": "SANDBOX",
            "region": "NA",
        ]
    }

    private func json(of provider: IdentityProvider) -> JSON {
        provider.json(below: environmentURL)
    }

    private func userJSON(_ user: ResourceID) -> JSON {
        guard case .object(let members) = directory.profile(of: user).json(of: user) else { return .null }
        let links: JSON = [
            "self": ["href": "\(environmentURL)/users/\(user.description)"],
            "environment": ["href": .string(environmentURL)],
            "linkedAccounts": ["href": "\(environmentURL)/users/\(user.description)/linkedAccounts"],
        ]
        return .object([.init(name: "_links", value: links)] + members)
    }

    private func links(of user: ResourceID) -> [JSON] {
        directory.links(of: user).map { json(of: $0) }
    }

    /// A link; `embedding` the whole user, as only the answer to its creation does.
    private func json(of link: Directory.Link, embedding: Bool = false) -> JSON {
        let user = link.user.description
        let id = link.id.description
        var members: [JSON.Member] = [
            .init(
                name: "_links",
                value: [
                    "self": ["href": "\(environmentURL)/users/\(user)/linkedAccounts/\(id)"],
                    "environment": ["href": .string(environmentURL)],
                    "user": ["href": "\(environmentURL)/users/\(user)"],
                ]
            )
        ]
        if embedding {
            let profile = directory.profile(of: link.user).json(of: link.user)
            members.append(.init(name: "_embedded", value: ["user": profile]))
        }
        members += [
            .init(name: "id", value: .string(id)),
            .init(name: "environment", value: ["id": .string(KnownIDs.environment)]),
            .init(name: "user", value: ["id": .string(user)]),
            .init(name: "identityProvider", value: ["id": .string(link.identityProvider.description)]),
            .init(name: "externalId", value: .string(link.externalID)),
        ]
        return .object(members)
    }
}
