import Dispatch
import HTTPTransport
import ImportTestKit
import PingOneClient
import Synchronization
import TestKit
import Testing

@testable import LinkImport
@testable import LinkRows

/// Has a fault meet the call that it is meant for, at its moment: decides before a request leaves which part it has, and
/// on the gateway what comes back.
final class Ambush: Sendable {
    private enum Part: String {
        /// The call that the fault meets.
        case target
        /// The POST that leads to a read-back, or to a new token.
        case preparation
        /// Another row's POST, which brings about the pause or the renewal.
        case companion
        /// The request for a token that goes on while the fault strikes.
        case renewal
    }

    private struct State {
        var parts: Set<Part> = []
        var exchanges: [Exchange] = []
    }

    private let fault: FaultCase
    private let control: RunControl
    private let state = Mutex(State())
    private let isTargetThere = DispatchSemaphore(value: 0)
    private let mayStrike = DispatchSemaphore(value: 0)
    private let hasStruck = DispatchSemaphore(value: 0)
    /// Signalled when it is certain what the target has done at the simulator.
    private let hasTakenEffect = DispatchSemaphore(value: 0)

    init(_ fault: FaultCase, control: RunControl) {
        self.fault = fault
        self.control = control
    }

    /// All requests, in the order in which they ended.
    var exchanges: [Exchange] { state.withLock { $0.exchanges } }

    /// Whether the fault has met its call.
    var hasHappened: Bool { state.withLock { $0.parts.contains(.target) } }
}

// MARK: - The client's side

extension Ambush {
    /// A transport that marks the requests that have a part in this.
    func marking(_ transport: any Transport) -> any Transport {
        MarkingTransport(transport: transport, ambush: self)
    }

    private struct MarkingTransport: Transport {
        let transport: any Transport
        let ambush: Ambush

        func send(_ request: HTTPRequest, ifStill mayLeave: @escaping () -> Bool) throws(TransportError) -> HTTPResponse
        {
            var marked = request
            let part = ambush.part(of: request)
            if let part {
                marked.headers.append(HTTPHeader(name: FaultyGateway.mark, value: part.rawValue))
                // Only a request that is sure to wait in vain must not wait long.
                if part == .target, ambush.fault.fault.comesTooLate { marked.timeout = .milliseconds(400) }
            }
            let outcome = Result { () throws(TransportError) in try transport.send(marked, ifStill: mayLeave) }
            // A client that has given up must not look before there is something to see.
            if part == .target { ambush.wait(for: ambush.hasTakenEffect) }
            ambush.state.withLock { $0.exchanges.append(Exchange(request: request, outcome: outcome)) }
            return try outcome.get()
        }
    }

    private func part(of request: HTTPRequest) -> Part? {
        state.withLock { state in
            let part = nextPart(request, after: state.parts)
            if let part { state.parts.insert(part) }
            return part
        }
    }

    private func nextPart(_ request: HTTPRequest, after parts: Set<Part>) -> Part? {
        let isToken = request.isForToken
        let isOfRow = request.url.contains(SampleIDs.user(fault.row))
        let isPost = request.method == .post && !isToken
        let isPrepared = parts.contains(.preparation)
        if !parts.contains(.target) {
            switch fault.call {
            case .post where isPost && isOfRow: return .target
            case .readBack where isPrepared && isOfRow: return .target
            case .token where isToken && (isPrepared || fault.moment == .firstRow): return .target
            case .readBack where isPost && isOfRow, .token where isPost && isOfRow: return .preparation
            default: break
            }
        }
        guard fault.hasCompanion else { return nil }
        if isPost, !isOfRow, isPrepared || parts.contains(.target), !parts.contains(.companion) { return .companion }
        let renews = fault.moment == .renewal && fault.call != .token
        return renews && isToken && parts.contains(.companion) && !parts.contains(.renewal) ? .renewal : nil
    }
}

extension HTTPRequest {
    var isForToken: Bool { url.hasSuffix("/as/token") }
}

// MARK: - The gateway's side

extension Ambush {
    /// What the client gets to see; blocks until it is the moment.
    func reply(to mark: String?, _ forward: () throws -> HTTPResponse) throws -> WireReply {
        switch mark.flatMap(Part.init(rawValue:)) {
        case nil: return .asItWas(try forward())
        case .preparation:
            if fault.call == .token { return .http(401) }
            if fault.takesEffect { _ = try forward() }
            return .http(500)
        case .companion: return companionsReply
        case .renewal:
            mayStrike.signal()
            wait(for: hasStruck)
            return .asItWas(try forward())
        case .target:
            isTargetThere.signal()
            if fault.moment == .drain { control.stop(.signal(15)) }
            let isForwarded = fault.call != .post || fault.takesEffect
            let answer = isForwarded ? try forward() : .sample(201, #"{"id":"never-made"}"#)
            hasTakenEffect.signal()
            if fault.hasCompanion { wait(for: mayStrike) }
            var reply = fault.fault.reply(answer)
            reply.afterwards = { [hasStruck] in hasStruck.signal() }
            return reply
        }
    }

    private var companionsReply: WireReply {
        wait(for: isTargetThere)
        var reply = fault.moment == .pause ? WireReply.http(429, "Retry-After: 1") : .http(401)
        // The renewal that this 401 brings about gives the sign itself, unless the fault is to meet that very renewal.
        if fault.moment == .pause || fault.call == .token {
            reply.afterwards = { [mayStrike] in mayStrike.signal() }
        }
        return reply
    }

    private func wait(for event: DispatchSemaphore) {
        if event.wait(timeout: .now() + 60) == .timedOut { Issue.record("the ambush has failed: \(fault)") }
    }
}
