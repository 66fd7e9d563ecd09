import FoundationEssentials

/// How an answer reaches the client, or does not.
enum Delivery: Equatable, Sendable {
    case reply(Reply)
    /// The head announces the whole body, half of it follows, then the connection ends.
    case half(Reply)
    /// A TCP reset instead of an answer.
    case reset
    /// No answer; the connection stays open until the client gives up.
    case stall
}

/// What to do about one request: the result of a decision, carried out without the lock.
struct Decision: Equatable, Sendable {
    var delivery: Delivery
    /// How long to wait before.
    var delay: Duration = .zero
}

/// The tenant and everything that stands between it and a client: rate limit, delays, faults; and the records of it.
///
/// A value; time comes in with each request and chance from seeded generators, so that the same requests in the same
/// order fare the same.
struct Simulation: Sendable {
    var tenant: Tenant
    private(set) var counters = Counters()
    private(set) var journal: [JournalEntry] = []
    private(set) var settings = SimulatorSettings()
    private var rateLimit: RateLimit?
    /// Apart from the generator of ids: what happens to the n-th request must not hang on how many ids were made.
    private var chance: SplitMix64
    private var faultProgress = FaultPlan.Progress()
    private let keepsJournal: Bool
    private var sequence = 0

    init(_ configuration: SimulatorConfiguration, apiURL: String, at now: ContinuousClock.Instant) {
        var seeds = SplitMix64(seed: configuration.seed)
        tenant = Tenant(
            apiURL: apiURL,
            users: configuration.users,
            mappings: configuration.mappings,
            tokenLifetime: configuration.tokenLifetime,
            application: WorkerApplication(methods: configuration.authMethods, key: configuration.clientKey),
            ids: SplitMix64(seed: seeds.next())
        )
        chance = SplitMix64(seed: seeds.next())
        keepsJournal = configuration.keepsJournal
        change(to: configuration.settings, at: now)
    }

    /// Changes limits, delays and faults from the next request on. The rate limit starts with a full bucket, unless it
    /// stays as it was.
    mutating func change(to settings: SimulatorSettings, at now: ContinuousClock.Instant) {
        let isOtherLimit = settings.makeRateLimit(at: now) != self.settings.makeRateLimit(at: now)
        if settings.faults != self.settings.faults { faultProgress = FaultPlan.Progress() }
        self.settings = settings
        tenant.listLag = settings.listLag
        if isOtherLimit { rateLimit = settings.makeRateLimit(at: now) }
    }

    /// Forgets links, changed attributes and mappings, counters and journal; settings and tokens stay.
    mutating func reset() {
        tenant.reset()
        counters = Counters()
        journal = []
        sequence = 0
        faultProgress = FaultPlan.Progress()
    }

    /// Decides about a request and lets it take effect.
    mutating func handle(_ request: Received, at moment: Moment) -> Decision {
        var decision =
            switch request.route {
            case .token(let environment): handleToken(request, environment, at: moment)
            case .api(let environment, let resource): handle(request, environment, resource, at: moment)
            case .control(let command): Decision(delivery: .reply(control(command, request, at: moment)))
            case .unknown: handleUnknown(request)
            }
        switch decision.delivery {
        case .reply(let reply): decision.delivery = .reply(adorned(reply, for: request))
        case .half(let reply): decision.delivery = .half(adorned(reply, for: request))
        case .reset, .stall: break
        }
        return decision
    }

    private mutating func handleToken(_ request: Received, _ environment: String?, at moment: Moment) -> Decision {
        let reply = tenant.answerToken(request, environment: environment, at: moment)
        if reply.status == 200 { counters.tokensIssued += 1 } else { counters.tokensRefused += 1 }
        return Decision(delivery: .reply(reply))
    }

    private mutating func handleUnknown(_ request: Received) -> Decision {
        let reply = tenant.refuse(.notFound)
        record(request, resource: nil, .reply(reply), applied: false, fault: nil)
        return Decision(delivery: .reply(reply))
    }

    private mutating func handle(
        _ request: Received,
        _ environment: String,
        _ resource: Resource,
        at moment: Moment
    ) -> Decision {
        let isAdmitted = rateLimit?.admits(at: moment.instant) ?? true
        var fault =
            isAdmitted ? settings.faults.draw(method: request.method, resource, &faultProgress, using: &chance) : nil
        let isIgnored =
            switch fault {
            case .resetBefore, .error500, .error503, .error429: true
            case .stall: Bool.random(using: &chance)
            default: !isAdmitted
            }
        let reply: Reply? = isIgnored ? nil : answer(request, environment, resource, at: moment)
        if fault == .brokenJSON, reply.map({ $0.body == nil || $0.status >= 300 }) ?? true {
            // Only a success with a body can be broken this way; a refusal must not turn into a success.
            fault = nil
        }
        let delivery = deliver(reply ?? limited(at: moment), fault, at: moment)
        record(request, resource: resource, delivery, applied: reply?.applied ?? false, fault: fault)
        return Decision(delivery: delivery, delay: delay())
    }

    private mutating func answer(
        _ request: Received,
        _ environment: String,
        _ resource: Resource,
        at moment: Moment
    ) -> Reply {
        switch settings.deny {
        case 401: tenant.refuse(.invalidToken)
        case 403: tenant.refuse(.forbidden)
        default: tenant.answer(request, environment: environment, resource, at: moment)
        }
    }

    private mutating func deliver(_ reply: Reply, _ fault: Fault?, at moment: Moment) -> Delivery {
        switch fault {
        case nil: .reply(reply)
        case .applyThenReset, .resetBefore: .reset
        case .applyThen500, .error500: .reply(tenant.refuse(.unexpected))
        case .error503: .reply(unavailable(at: moment))
        case .error429: .reply(limited(at: moment))
        case .stall: .stall
        case .truncated: reply.body == nil ? .reset : .half(reply)
        case .brokenJSON: .reply(broken(reply))
        }
    }

    private mutating func delay() -> Duration {
        guard settings.jitter > .zero else { return settings.latency }
        return settings.latency + settings.jitter * Double.random(in: 0..<1, using: &chance)
    }
}

// MARK: - Answers of the way, not of the tenant

extension Simulation {
    /// `Retry-After` of a 429 is in seconds, that of a 503 is a date.
    /// Source: https://developer.pingidentity.com/pingone-api/foundations/best-practices.html
    private mutating func limited(at moment: Moment) -> Reply {
        var reply = tenant.refuse(.limited)
        if settings.retryAfter > 0 {
            reply.headers = [.init(name: "Retry-After", value: String(settings.retryAfter))]
        }
        return reply
    }

    private func unavailable(at moment: Moment) -> Reply {
        var reply = Reply(
            status: 503,
            body: Array("<html><body><h1>503 Service Temporarily Unavailable</h1></body></html>\n".utf8),
            contentType: "text/html"
        )
        if settings.retryAfter > 0 {
            let date = moment.date.addingTimeInterval(Double(settings.retryAfter))
            reply.headers = [.init(name: "Retry-After", value: HTTPDate.text(of: date))]
        }
        return reply
    }

    /// Half of the body, announced as if it were the whole: a complete answer that is no JSON.
    private func broken(_ reply: Reply) -> Reply {
        var reply = reply
        reply.status = 200
        reply.body = reply.body.map { Array($0.prefix($0.count / 2)) }
        return reply
    }

    private mutating func adorned(_ reply: Reply, for request: Received) -> Reply {
        var reply = reply
        let transactionID = request.transactionID.map(Self.permitted) ?? tenant.makeID().description
        reply.headers += [
            .init(name: "Correlation-Id", value: tenant.makeID().description),
            .init(name: "X-Ping-External-Transaction-ID", value: transactionID),
            .init(name: "Cache-Control", value: "no-cache, no-store"),
        ]
        return reply
    }

    /// At most 100 characters; others than letters, digits and `. _ - / @ = # +` become `_`.
    /// Source: PingOne's documents on external transaction and session ids.
    private static func permitted(_ transactionID: String) -> String {
        String(
            transactionID.prefix(100).map { character in
                character.isASCII && (character.isLetter || character.isNumber || "._-/@=#+".contains(character))
                    ? character : "_"
            }
        )
    }
}

// MARK: - Records

extension Simulation {
    private mutating func record(
        _ request: Received,
        resource: Resource?,
        _ delivery: Delivery,
        applied: Bool,
        fault: Fault?
    ) {
        let kind = resource?.kind ?? "unknown"
        counters.requests["\(request.method) \(kind)", default: 0] += 1
        if let fault { counters.faults[fault, default: 0] += 1 }
        let answer: JournalEntry.Answer
        switch delivery {
        case .reply(let reply), .half(let reply):
            counters.statuses[reply.status, default: 0] += 1
            if reply.status == 429 { counters.throttled += 1 }
            if reply.isDuplicate { counters.duplicatesRefused += 1 }
            answer = .status(reply.status)
        case .reset: answer = .reset
        case .stall: answer = .stall
        }
        guard keepsJournal else { return }
        sequence += 1
        journal.append(
            JournalEntry(
                sequence: sequence,
                method: request.method,
                route: kind,
                query: request.query,
                userID: resource?.userID,
                externalID: request.linkOrder?.externalID,
                identityProviderID: request.linkOrder?.identityProviderID ?? resource?.identityProviderID,
                transactionID: request.transactionID,
                answer: answer,
                applied: applied,
                fault: fault,
                contentType: request.contentType,
                userAgent: request.userAgent,
                hasAuthorization: request.authorization != nil,
                body: request.body
            )
        )
    }
}
