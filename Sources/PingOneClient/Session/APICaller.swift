import DurableSteps
import HTTPTransport
import Pacing
package import PingOneAPI

/// Sends one worker's requests: waits for a turn, shows the token, obeys 401 and 429. Everything that goes to the API
/// goes through here, so that rate, pauses and tokens hold for all of it.
///
/// Belongs to one worker thread.
package final class APICaller {
    /// How a request ended that was sent until there was an answer about it.
    struct Sent {
        var answer: Answer
        /// How often it has left, or may have.
        var times: Int
        /// Whether a 503 was answered by sending it again: it may have been carried out more than once.
        var wasDoubted = false
    }

    enum Answer {
        case response(HTTPResponse)
        case failure(TransportError)
        /// The run ends, and the last time this request was sent it certainly did nothing.
        case stopped
    }

    private let transport: (any Transport)?
    private let session: APISession
    /// Asked before a request leaves, where that is not up to this process alone: others may have taken the row that
    /// requests are about from now on. Nil where nothing is to be asked.
    package var permission: (() -> SendPermission)?

    /// `transport`: nil where there is none, which has ended the run: then nothing is sent.
    init(session: APISession, transport: (any Transport)?) {
        self.session = session
        self.transport = transport
    }

    /// Sends the request until there is an answer that is about the request itself.
    ///
    /// - Parameters:
    ///   - request: without a token.
    ///   - isRepeatable: whether a pause that is asked for otherwise than by 429 may be answered by sending it again. For
    ///     a POST it may not: after a 503 it is in doubt.
    ///   - isRetry: whether it repeats an earlier request that failed, and so draws on the budget for retries.
    /// - Returns: the answer, or that there is none because the run ends.
    func send(_ request: HTTPRequest, isRepeatable: Bool, isRetry: Bool = false) -> Sent {
        var sent = Sent(answer: .stopped, times: 0)
        var wasUnauthorized = false
        var pausedSince: ContinuousClock.Instant?
        while true {
            guard let transport, let (token, sentAt) = nextTurn(isRetry: isRetry) else { return sent }
            var isHeldBack = false
            DurableStep.reached(.requestLeaves(method: request.method.rawValue))
            let outcome = Result { () throws(TransportError) in
                // The turn and the connection may have taken their time, or the whole process was stopped meanwhile.
                try transport.send(request.authorized(by: token)) { [permission] in
                    isHeldBack = permission?() ?? .granted != .granted
                    return !isHeldBack
                }
            }
            DurableStep.reached(.requestIsOver(method: request.method.rawValue))
            if isHeldBack {
                session.pacer.turnWasNotUsed()
                continue
            }
            session.countRequest()
            sent.times += 1
            let response: HTTPResponse
            do throws(TransportError) {
                response = try outcome.get()
            } catch {
                session.note(.unanswered, sentAt: sentAt)
                if case .certificate(let reason) = error {
                    session.control.stop(.certificate(reason: reason))
                    return sent
                }
                sent.answer = .failure(error)
                return sent
            }
            switch response.status {
            case 401:
                session.note(.answered(latency: response.duration), sentAt: sentAt)
                if wasUnauthorized {
                    session.control.stop(.unauthorized(APIProblem(response)))
                    return sent
                }
                wasUnauthorized = true
                guard session.renewToken(after: token) else { return sent }
            case 429:
                session.countThrottled()
                session.note(.throttled(retryAfter: response.retryDelay), sentAt: sentAt)
            case 403 where !session.hasMade && APIProblem(response).isUnknownPath:
                session.note(.answered(latency: response.duration), sentAt: sentAt)
                session.control.stop(.wrongAddress(.unknownPath))
                return sent
            case _ where response.asksForPause:
                session.note(.throttled(retryAfter: response.retryDelay), sentAt: sentAt)
                let since = pausedSince ?? sentAt
                pausedSince = since
                // Not for ever: others may be answered meanwhile, so that the pace sees nothing wrong.
                guard isRepeatable, since.duration(to: session.time.now) < session.maxWait else {
                    sent.answer = .response(response)
                    return sent
                }
                sent.wasDoubted = sent.wasDoubted || response.status == 503
            default:
                session.note(.answered(latency: response.duration), sentAt: sentAt)
                sent.answer = .response(response)
                return sent
            }
        }
    }

    private func nextTurn(isRetry: Bool) -> (AccessToken, ContinuousClock.Instant)? {
        let stop = session.control.signal
        // First the token: fetching one may take a while, and a turn is good only now.
        guard isPermitted(), session.token() != nil else { return nil }
        let turn = isRetry ? session.pacer.waitForRetryTurn(unless: stop) : session.pacer.waitForTurn(unless: stop)
        switch turn {
        case .go(let sentAt):
            // The wait may have outlived the token.
            return session.token().map { ($0, sentAt) }
        case .stopped: return nil
        case .givenUp(let reason):
            session.stop(reason)
            return nil
        }
    }

    /// Waits until a request about the row may leave: where others share the ledger, it must certainly be this process's.
    ///
    /// - Returns: false where it never will.
    private func isPermitted() -> Bool {
        guard let permission else { return true }
        while !session.control.signal.isRaised {
            switch permission() {
            case .granted: return true
            case .refused: return false
            case .wait:
                session.time.wait(until: session.time.now + .milliseconds(50), unless: session.control.signal)
            }
        }
        return false
    }
}

/// Whether a request about a row may leave.
package enum SendPermission: Sendable, Equatable {
    case granted
    /// Not now: it is to be asked again shortly.
    case wait
    /// Never again: the row is not this process's any more.
    case refused
}

extension RunStop {
    /// A request was refused with a fresh token too.
    package static func unauthorized(_ problem: APIProblem) -> RunStop {
        RunStop(
            "credentials",
            exitCode: 77,
            "PingOne refuses the access token, a fresh one too (\(problem.summary)). One in PINGONE_ACCESS_TOKEN is never "
                + "renewed and may have expired; else check that token, region and environment belong together.",
            doubting: [.address]
        )
    }

    package static func certificate(reason: String) -> RunStop {
        RunStop(
            "certificate",
            exitCode: 69,
            "The server's certificate was not accepted: \(reason). Check the URL, or name its root with --ca-file.",
            doubting: [.address, .clock]
        )
    }
}

extension HTTPResponse {
    /// Whether it asks all workers to wait although it is no 429: a 503, or a gateway's 403, with Retry-After.
    var asksForPause: Bool {
        guard retryDelay != nil else { return false }
        return status == 503 || (status == 403 && APIProblem(self).isGateways)
    }
}
