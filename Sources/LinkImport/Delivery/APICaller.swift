import DurableSteps
import HTTPTransport
import Pacing
import PingOneAPI

/// Sends one worker's requests: waits for a turn, shows the token, obeys 401 and 429. Everything that goes to the API
/// goes through here, so that rate, pauses and tokens hold for all of it.
///
/// Belongs to one worker thread.
final class APICaller {
    enum Answer {
        case response(HTTPResponse)
        case failure(TransportError)
        /// The run ends, and the last time this request was sent it certainly did nothing.
        case stopped
    }

    private let transport: (any Transport)?
    private let session: APISession

    /// `transport`: nil where there is none, which has ended the run: then nothing is sent.
    init(session: APISession, transport: (any Transport)?) {
        self.session = session
        self.transport = transport
    }

    /// Sends the request until there is an answer that is about the request itself.
    ///
    /// - Parameters:
    ///   - request: without a token.
    ///   - isRepeatable: whether a 503 with Retry-After may be answered by sending it again, like a 429. For a POST
    ///     it may not: it is in doubt.
    ///   - isRetry: whether it repeats an earlier request that failed, and so draws on the budget for retries.
    ///   - sent: called before each time the request leaves.
    ///   - doubted: called after each 503 that is answered by sending again: the request may have been carried out.
    /// - Returns: the answer, or that there is none because the run ends.
    func send(
        _ request: HTTPRequest,
        isRepeatable: Bool,
        isRetry: Bool = false,
        sent: () -> Void = {},
        doubted: () -> Void = {}
    ) -> Answer {
        var wasUnauthorized = false
        while true {
            guard let transport, let (token, sentAt) = nextTurn(isRetry: isRetry) else { return .stopped }
            session.countRequest()
            sent()
            let response: HTTPResponse
            DurableStep.reached(.requestLeaves(method: request.method.rawValue))
            do throws(TransportError) {
                defer { DurableStep.reached(.requestIsOver(method: request.method.rawValue)) }
                response = try transport.send(request.authorized(by: token))
            } catch {
                session.note(.unanswered, sentAt: sentAt)
                if case .certificate(let reason) = error {
                    session.control.stop(.certificate(reason: reason))
                    return .stopped
                }
                return .failure(error)
            }
            switch response.status {
            case 401:
                session.note(.answered(latency: response.duration), sentAt: sentAt)
                if wasUnauthorized {
                    session.control.stop(.unauthorized(APIProblem(response)))
                    return .stopped
                }
                wasUnauthorized = true
                guard session.renewToken(after: token) else { return .stopped }
            case 429:
                session.countThrottled()
                session.note(.throttled(retryAfter: response.retryDelay), sentAt: sentAt)
            case 503 where response.retryDelay != nil:
                session.note(.throttled(retryAfter: response.retryDelay), sentAt: sentAt)
                if !isRepeatable { return .response(response) }
                doubted()
            default:
                session.note(.answered(latency: response.duration), sentAt: sentAt)
                return .response(response)
            }
        }
    }

    private func nextTurn(isRetry: Bool) -> (AccessToken, ContinuousClock.Instant)? {
        // First the token: fetching one may take a while, and a turn is good only now.
        guard session.token() != nil else { return nil }
        let stop = session.control.signal
        let turn =
            isRetry ? session.pacer.waitForRetryTurn(unless: stop) : session.pacer.waitForTurn(unless: stop)
        guard case .go(let sentAt) = turn else { return nil }
        // The wait may have outlived the token.
        return session.token().map { ($0, sentAt) }
    }
}
