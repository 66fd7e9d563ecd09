import FoundationEssentials

/// The PingOne that is simulated: one environment with its users, identity providers and a worker application.
///
/// A value without clock, network or chance of its own. It answers as PingOne's documents say; where these say
/// nothing, as the platform does elsewhere, and the place says so.
struct Tenant: Sendable {
    /// `http://host:port/v1`, for the links in bodies.
    var apiURL: String
    var directory: Directory
    var identityProviders: [IdentityProvider]
    /// How late lists are, see ``SimulatorSettings/listLag``.
    var listLag: Duration = .zero
    private var tokens: TokenStore
    private var application: WorkerApplication
    private var ids: SplitMix64
    private let users: UserList?
    private let initialMappings: InitialMappings

    /// - Parameters:
    ///   - apiURL: `http://host:port/v1`; may be set later, before the first request.
    ///   - users: who exists; nil makes a user of every UUID.
    ///   - mappings: which attribute mappings there are at first.
    ///   - tokenLifetime: how long a token is good for; whole seconds.
    ///   - application: who may have tokens.
    ///   - ids: where ids and tokens come from.
    init(
        apiURL: String,
        users: UserList? = nil,
        mappings: InitialMappings = .default,
        tokenLifetime: Duration,
        application: WorkerApplication = WorkerApplication(methods: Set(AuthMethod.allCases), key: nil),
        ids: SplitMix64
    ) {
        self.apiURL = apiURL
        self.users = users
        initialMappings = mappings
        self.ids = ids
        directory = Directory(users: users)
        identityProviders = IdentityProvider.all(with: mappings)
        tokens = TokenStore(lifetime: tokenLifetime)
        self.application = application
    }

    var environmentURL: String { "\(apiURL)/environments/\(KnownIDs.environment)" }

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

    /// Brings users, links and attribute mappings back to how they were at first; tokens stay good.
    mutating func reset() {
        directory = Directory(users: users)
        identityProviders = IdentityProvider.all(with: initialMappings)
    }

    // MARK: - Tokens

    /// Answers a request to the token endpoint. Refusals have the shape of OAuth; an unknown environment is a 404 in
    /// the shape of the platform. `environment`: nil for a custom domain, which is the environment's with the users.
    mutating func answerToken(_ request: Received, environment: String?, at moment: Moment) -> Reply {
        let environments = [KnownIDs.environment, KnownIDs.administratorsEnvironment]
        guard environments.contains(environment?.lowercased() ?? KnownIDs.environment) else { return refuse(.notFound) }
        guard request.method == "POST" else {
            var reply = refuse(.methodNotAllowed)
            reply.headers = [.init(name: "Allow", value: "POST")]
            return reply
        }
        do {
            let order = try TokenRequest(
                contentType: request.contentType,
                authorization: request.authorization,
                body: request.body
            )
            try application.authenticate(
                order.proof,
                audiences: audiences(of: request, environment: environment),
                now: moment.date.timeIntervalSince1970
            )
        } catch {
            return reply(to: error)
        }
        return .json([
            "access_token": .string(tokens.issue(at: moment.instant, using: &ids)),
            "token_type": "Bearer",
            "expires_in": .integer(Int(tokens.lifetime.components.seconds)),
        ])
    }

    /// The token's address and the issuer's, by each name that the client may have for this server: what is in front of it
    /// may speak TLS.
    private func audiences(of request: Received, environment: String?) -> Set<String> {
        let named = request.host.map { ["http://\($0)", "https://\($0)"] } ?? []
        let servers = [String(apiURL.dropLast("/v1".count))] + named
        let issuers = servers.map { $0 + (environment.map { "/\($0)" } ?? "") + "/as" }
        return Set(issuers + issuers.map { $0 + "/token" })
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
        case .identityProviders:
            let providers = identityProviders.map { $0.json(below: environmentURL) }
            return list("identityProviders", providers, at: "\(environmentURL)/identityProviders")
        case .identityProvider(let id), .attributes(let id), .attribute(let id, _):
            return answer(request, resource, ofIdentityProvider: id, at: moment)
        case .users: return answerUsers(request.query)
        case .user(let id), .linkedAccounts(let id), .linkedAccount(let id, _):
            return answer(request, resource, ofUser: id, at: moment)
        }
    }
}

// MARK: - Bodies

extension Tenant {
    /// A list of what `name` says, or one page of it: this page is at `url`, the next one, if there is one, at `next`,
    /// and all together hold `count` elements; nil: these are all.
    func list(_ name: String, _ elements: [JSON], at url: String, count: Int? = nil, next: String? = nil) -> Reply {
        var links: [JSON.Member] = [.init(name: "self", value: ["href": .string(url)])]
        if let next { links.append(.init(name: "next", value: ["href": .string(next)])) }
        return .json([
            "_links": .object(links),
            "_embedded": .object([.init(name: name, value: .array(elements))]),
            "count": .integer(count ?? elements.count),
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
}
