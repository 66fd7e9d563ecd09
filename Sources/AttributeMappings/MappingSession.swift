import HTTPTransport
import JSON
import Pacing
package import PingOneAPI
package import PingOneClient

/// An identity provider, as far as mappings are concerned.
package struct MappedProvider: Sendable, Equatable {
    package var type: ProviderType
    /// In PingOne's order.
    package var mappings: [AttributeMapping]

    package init(type: ProviderType, mappings: [AttributeMapping]) {
        self.type = type
        self.mappings = mappings
    }
}

/// Reads and completes the attribute mappings of one identity provider.
///
/// Belongs to one thread, which it blocks. What goes wrong for good stops the session's control, which then says why.
package struct MappingSession {
    private let session: APISession
    private let caller: APICaller
    private let identityProvider: String

    package init(session: APISession, identityProvider: String) {
        self.session = session
        caller = session.makeCaller()
        self.identityProvider = identityProvider
    }

    /// Looks up the environment, the identity provider and its mappings.
    ///
    /// - Parameter warn: called with what is worth a warning.
    /// - Returns: nil when the run was stopped.
    package func read(warn: (String) -> Void) -> MappedProvider? {
        Preflight(caller: caller, session: session).check(identityProviders: []).forEach(warn)
        guard !session.control.signal.isRaised else { return nil }
        let request = session.calls.readIdentityProvider(identityProvider)
        let provider = call.send(request) { response -> (type: String, isEnabled: Bool)? in
            guard let document = try? JSONValue(parsing: response.body), let type = document["type"]?.string else {
                return nil
            }
            return (type, document["enabled"]?.boolean ?? true)
        }
        guard let provider = valueOrStop(provider, isNamedByRows: false), let mappings = mappings() else { return nil }
        if !provider.isEnabled { warn("The identity provider is disabled: nobody can sign on through it.") }
        return MappedProvider(type: ProviderType(apiName: provider.type), mappings: mappings)
    }

    /// Looks up the mappings alone.
    ///
    /// - Returns: nil when they cannot be had. The run has been stopped then: its rows would be sent without the
    ///   attributes that they should have.
    package func mappings() -> [AttributeMapping]? {
        let finding = readMappings()
        if case .refused(let problem, _) = finding, problem.status == 404 {
            // Where it is the environment that is not there, looking for that stops the run with this reason.
            _ = Preflight(caller: caller, session: session).check(identityProviders: [])
        }
        return valueOrStop(finding).map { Array($0.joined()) }
    }

    /// Does what the plan asks for, in its order.
    ///
    /// - Parameters:
    ///   - plan: made with the mappings that ``read(warn:)`` gave.
    ///   - changes: whether mappings that differ are changed.
    /// - Returns: a result for each of the plan's entries.
    package func apply(_ plan: MappingPlan, changes: Bool) -> [MappingResult] {
        plan.entries.map { entry in
            if let result = entry.resultWithoutSending(changes: changes) { return result }
            if session.control.signal.isRaised { return .unsent }
            return entry.existing.map { change($0, to: entry.mapping) } ?? create(entry.mapping)
        }
    }

    private var call: RepeatableCall {
        RepeatableCall(caller: caller, session: session, tries: session.retryPolicy.maxAttempts)
    }

    private func readMappings() -> RepeatableCall.Outcome<[[AttributeMapping]]> {
        call.list(from: session.calls.attributeMappings(ofIdentityProvider: identityProvider)) { response in
            AttributeMappingPage(response).map { (page: $0.mappings, next: $0.next) }
        }
    }

    /// `isNamedByRows`: whether rows of an input may have named the identity provider.
    private func valueOrStop<Value>(_ finding: RepeatableCall.Outcome<Value>, isNamedByRows: Bool = true) -> Value? {
        switch finding {
        case .found(let value): return value
        case .refused(let problem, _):
            switch problem.status {
            case 403: session.control.stop(.forbiddenMappings(problem))
            case 404:
                session.control.stop(
                    isNamedByRows
                        ? .unknownIdentityProvider(identityProvider)
                        : .unknownIdentityProvider(identityProvider, namedBy: "--idp")
                )
            default: session.control.stop(.unreachable(reason: problem.summary))
            }
        case .failed(let problem): session.control.stop(.unreachable(reason: problem.reason))
        case .stopped: break
        }
        return nil
    }

    private func create(_ mapping: AttributeMapping) -> MappingResult {
        let request = session.calls.createMapping(mapping, ofIdentityProvider: identityProvider)
        var post = DeliveryPost(caller: caller, session: session)
        var found: AttributeMapping?
        // The list that the plan was made from may have been late.
        var delivery = Delivery(maxAttempts: session.retryPolicy.maxAttempts, rereadsConflicts: true)
        let end = delivery.run(in: session) { isRetry in
            post.send(request, isRetry: isRetry)
        } look: {
            switch look(for: mapping) {
            case .there(let there):
                found = there
                return .there
            case .absent: return .absent
            case .unknown(let reading): return .unknown(reading)
            }
        }
        switch end {
        case .made: return .created
        case .found(let isOurs): return found?.says(mapping) == true ? (isOurs ? .created : .same) : .different
        case .refused(let problem):
            if let response = post.response { stopIfForbidden(APIProblem(response)) }
            return .refused(problem)
        case .failed(let problem): return .failed(problem)
        case .unsettled(let reading, isRefused: true):
            let refusal = post.response.map { RowProblem(APIProblem($0)) }
            return .unsettled(refusal?.withReadBack(reading) ?? reading)
        case .unsettled(let problem, isRefused: false): return .unsettled(problem)
        case .withdrawn: return .unsent
        }
    }

    /// A PUT says what the mapping is to be in the end, so it may be sent twice.
    private func change(_ there: AttributeMapping, to mapping: AttributeMapping) -> MappingResult {
        guard let id = there.id else { preconditionFailure("a mapping of PingOne's without an id") }
        let request = session.calls.changeMapping(id, to: mapping, ofIdentityProvider: identityProvider)
        let finding = call.send(request) { response -> String? in
            if case .made(let id) = LinkVerdict(response) { id } else { nil }
        }
        switch finding {
        case .found: return .changed
        case .refused(let problem, _):
            stopIfForbidden(problem)
            return .refused(RowProblem(problem))
        case .failed(let problem): return .unsettled(problem)
        case .stopped(let problem): return problem.map { .unsettled($0) } ?? .unsent
        }
    }

    /// Without permission for one mapping there is none for the others.
    private func stopIfForbidden(_ problem: APIProblem) {
        if problem.status == 403 { session.control.stop(.forbiddenMappings(problem)) }
    }

    private enum Look {
        case there(AttributeMapping)
        case absent
        case unknown(RowProblem)
    }

    private func look(for mapping: AttributeMapping) -> Look {
        switch readMappings() {
        case .found(let pages): pages.joined().first { $0.hasName(of: mapping) }.map { .there($0) } ?? .absent
        case .refused(let problem, _): .unknown(RowProblem(problem))
        case .failed(let problem): .unknown(problem)
        case .stopped: .unknown(.stoppedBeforeReadBack)
        }
    }
}

extension RunStop {
    /// The identity provider or its attribute mappings may not be read or changed.
    package static func forbiddenMappings(_ problem: APIProblem) -> RunStop {
        RunStop(
            "permissions",
            exitCode: 77,
            "PingOne forbids the worker application to read or change the attribute mappings (\(problem.summary)). "
                + "Give it a role that may configure identity providers, such as Environment Admin, then run again."
        )
    }
}
