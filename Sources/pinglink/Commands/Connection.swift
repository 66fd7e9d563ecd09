import FoundationEssentials
import HTTPTransport
import LinkImport
import Pacing
import PingOneAPI

/// How PingOne is reached, and as whom.
struct Connection: Sendable {
    let endpoints: Endpoints
    let environment: String
    let authEnvironment: String
    let credentials: Credentials
    let timeout: Duration
    let attempts: Int
    let maxWait: Duration
    let transport: CurlConfiguration
    let whereabouts: Whereabouts

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

    private var makeTransport: @Sendable () throws -> any Transport {
        { [transport] in try CurlTransport(transport) }
    }
}
