import FoundationEssentials
import HTTPTransport
import Ledger
import Pacing
import PingOneAPI
import PingOneClient
import PostgresLedger

/// How PingOne is reached, and as whom.
struct Connection: Sendable {
    private let endpoints: Endpoints
    let environment: String
    private let authEnvironment: String
    private let credentials: Credentials
    private let timeout: Duration
    private let attempts: Int
    let maxWait: Duration
    private let transport: CurlConfiguration
    let whereabouts: Whereabouts

    /// `ledger`: that of a run, where it may be in a database; `ledgerEnvironment`: the one to take when no setting names
    /// one.
    /// - Throws: a failure where no environment or no credentials are given, or the secret is none.
    init(_ settings: ConnectionSettings, ledger: LedgerSettings? = nil, ledgerEnvironment: String? = nil) throws {
        guard let environment = settings.environment ?? ledgerEnvironment else {
            throw CommandFailure.usage(
                "No environment: give --environment UUID, PINGONE_ENVIRONMENT_ID or environment: in the configuration "
                    + "file."
            )
        }
        endpoints = settings.endpoints
        self.environment = environment
        authEnvironment = settings.authEnvironment ?? environment
        credentials = try settings.credentials()
        timeout = ledger?.requestTimeout(atMost: settings.timeout) ?? settings.timeout
        attempts = settings.attempts
        maxWait = settings.maxWait
        transport = settings.transport
        whereabouts = Whereabouts(settings, environment: ProcessInfo.processInfo.environment)
    }

    func session(pacer: Pacer, control: RunControl, time: any TimeSource) -> APISession {
        let policy = RetryPolicy(maxAttempts: attempts)
        let tokens = TokenFetch(
            credentials: credentials,
            address: endpoints.token(inEnvironment: authEnvironment),
            timeout: timeout,
            retryPolicy: policy,
            maxWait: maxWait,
            wallClock: { Date() }
        )
        return APISession(
            calls: PingOneCalls(endpoints: endpoints, environment: environment, timeout: timeout),
            tokens: tokens.source(time: time, control: control, makeTransport: makeTransport),
            makeTransport: makeTransport,
            pacer: pacer,
            retryPolicy: policy,
            maxWait: maxWait,
            control: control,
            time: time,
            wallClock: { Date() }
        )
    }

    /// The pace of a run; where the ledger is in a database, the one pace of all runs over it in this environment.
    func pacer(_ rate: RateSetting, sharedIn ledger: (any LedgerLocation)?, time: any TimeSource) -> Pacer {
        let database = ledger as? PostgresDatabase
        let place = database.map { PostgresPacePlace($0.address, environment: environment) }
        return Pacer(rate, sharedAt: place, maxWait: maxWait, time: time)
    }

    private var makeTransport: @Sendable () throws -> any Transport {
        { [transport] in try CurlTransport(transport) }
    }
}
