import HTTPTransport
import ImportTestKit
import SeededRandom
import Synchronization

/// A PingOne of a few lines that knows one row's link, answers as chance has it, and remembers what it really did.
final class ModelServer: Transport, Sendable {
    private struct State {
        var random: SplitMix64
        var troubleShare: Double
        var isLinked: Bool
        var applications = 0
        var exchanges: [Exchange] = []
    }

    private let state: Mutex<State>
    private let externalID: String
    private let beforeSending: @Sendable (Int) -> Void

    /// - Parameters:
    ///   - seed: all chance comes from it.
    ///   - troubleShare: how often something goes wrong, from 0 to 1.
    ///   - isLinked: whether the link is there from the beginning.
    ///   - externalID: the account's.
    ///   - beforeSending: called with the number of each request, from 1.
    init(
        seed: UInt64,
        troubleShare: Double,
        isLinked: Bool,
        externalID: String,
        beforeSending: @escaping @Sendable (Int) -> Void
    ) {
        state = Mutex(State(random: SplitMix64(seed: seed), troubleShare: troubleShare, isLinked: isLinked))
        self.externalID = externalID
        self.beforeSending = beforeSending
    }

    var isLinked: Bool { state.withLock { $0.isLinked } }
    /// How often a POST has made the link.
    var applications: Int { state.withLock { $0.applications } }
    var exchanges: [Exchange] { state.withLock { $0.exchanges } }

    func send(_ request: HTTPRequest, ifStill mayLeave: @escaping () -> Bool) throws(TransportError) -> HTTPResponse {
        guard mayLeave() else { throw .neverSent(reason: "held back") }
        beforeSending(exchanges.count + 1)
        let outcome = state.withLock { state in
            let outcome = answer(request.method, &state)
            state.exchanges.append(Exchange(request: request, outcome: outcome))
            return outcome
        }
        return try outcome.get()
    }

    private func answer(_ method: HTTPRequest.Method, _ state: inout State) -> Result<HTTPResponse, TransportError> {
        guard Double.random(in: 0..<1, using: &state.random) < state.troubleShare else {
            return .success(carryOut(method, &state))
        }
        // Some troubles come before the request takes effect, some after.
        if Bool.random(using: &state.random) {
            let answers: [Result<HTTPResponse, TransportError>] = [
                .success(.sample(429)), .success(.sample(429, headers: ["Retry-After": "1"])),
                .success(.sample(500)), .success(.sample(503, headers: ["Retry-After": "2"])),
                .success(.sample(408)), .failure(.neverSent(reason: "no route")), .failure(.inDoubt(reason: "reset")),
            ]
            return answers.randomElement(using: &state.random) ?? .success(.sample(500))
        }
        let reply = carryOut(method, &state)
        let answers: [Result<HTTPResponse, TransportError>] = [
            .success(.sample(502)), .success(.sample(503, headers: ["Retry-After": "2"])),
            .failure(.inDoubt(reason: "timeout")), .success(.sample(200, "<html>")), .success(reply),
        ]
        return answers.randomElement(using: &state.random) ?? .success(reply)
    }

    private func carryOut(_ method: HTTPRequest.Method, _ state: inout State) -> HTTPResponse {
        switch method {
        case .post:
            guard !state.isLinked else { return .problem(400, "INVALID_DATA", detail: "UNIQUENESS_VIOLATION") }
            state.isLinked = true
            state.applications += 1
            return .created
        case .delete:
            defer { state.isLinked = false }
            return state.isLinked ? .sample(204) : .problem(404, "NOT_FOUND")
        default:
            return state.isLinked ? .links("other", externalID) : .links("other")
        }
    }
}
