package import HTTPTransport
import Synchronization
import Testing

/// One request that was sent, and how it ended.
package struct Exchange: Sendable {
    package var request: HTTPRequest
    package var outcome: Result<HTTPResponse, TransportError>

    package init(request: HTTPRequest, outcome: Result<HTTPResponse, TransportError>) {
        self.request = request
        self.outcome = outcome
    }
}

/// Answers requests as a script says, keeps them, and reports an issue when it is asked for more than the script has.
package final class ScriptedTransport: Transport, Sendable {
    /// How one request ends.
    package enum Step: Sendable {
        case reply(HTTPResponse)
        case failure(TransportError)
    }

    private struct State {
        var steps: [Step]
        var exchanges: [Exchange] = []
    }

    private let state: Mutex<State>
    private let beforeSending: @Sendable (Int) -> Void

    /// - Parameters:
    ///   - steps: how the requests end, in their order.
    ///   - beforeSending: called with the number of each request, from 1.
    package init(_ steps: [Step], beforeSending: @escaping @Sendable (Int) -> Void = { _ in }) {
        state = Mutex(State(steps: steps))
        self.beforeSending = beforeSending
    }

    package var exchanges: [Exchange] { state.withLock { $0.exchanges } }

    package var requests: [HTTPRequest] { exchanges.map(\.request) }

    /// `POST`, `GET`, …: the methods of all requests, in their order.
    package var methods: [String] { requests.map(\.method.rawValue) }

    /// How much of the script is left.
    package var stepsLeft: Int { state.withLock { $0.steps.count } }

    package func send(
        _ request: HTTPRequest,
        ifStill mayLeave: @escaping () -> Bool
    ) throws(TransportError) -> HTTPResponse {
        guard mayLeave() else { throw .neverSent(reason: "held back") }
        let (step, number) = state.withLock { state -> (Step?, Int) in
            let step = state.steps.isEmpty ? nil : state.steps.removeFirst()
            return (step, state.exchanges.count + 1)
        }
        beforeSending(number)
        let outcome: Result<HTTPResponse, TransportError>
        switch step {
        case .reply(let response): outcome = .success(response)
        case .failure(let error): outcome = .failure(error)
        case nil:
            Issue.record("request \(number) (\(request)) is not in the script")
            // Ends whatever would try again.
            outcome = .failure(.certificate(reason: "the script has ended"))
        }
        state.withLock { $0.exchanges.append(Exchange(request: request, outcome: outcome)) }
        return try outcome.get()
    }
}

extension HTTPResponse {
    /// A reply with a text as its body and these headers.
    package static func sample(
        _ status: Int,
        _ body: String = "",
        headers: KeyValuePairs<String, String> = [:]
    ) -> HTTPResponse {
        HTTPResponse(
            status: status,
            headers: HTTPHeaderBlock(headers.map { HTTPHeader(name: $0.key, value: $0.value) }),
            body: Array(body.utf8),
            duration: .milliseconds(7)
        )
    }
}
