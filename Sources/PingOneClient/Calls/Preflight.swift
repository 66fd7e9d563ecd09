import HTTPTransport
import JSON
import Pacing
import PingOneAPI

/// Looks before the first row is sent whether PingOne knows the environment and the identity providers.
package struct Preflight {
    let caller: APICaller
    let session: APISession

    package init(caller: APICaller, session: APISession) {
        self.caller = caller
        self.session = session
    }

    /// - Returns: what is worth a warning. When something is wrong the run has been stopped.
    package func check(identityProviders: [String], environmentFlag: String = "--environment") -> [String] {
        var warnings: [String] = []
        switch look(session.calls.readEnvironment()) {
        case nil: return warnings
        case .known(let document):
            // A web page, a portal, another API: whatever it is, nothing is sent there.
            guard UUIDText(document["id"]?.string ?? "") == UUIDText(session.calls.environment) else {
                session.control.stop(.wrongAddress(.foreign))
                return warnings
            }
        case .unknown:
            session.control.stop(.unknownEnvironment(session.calls.environment, flag: environmentFlag))
            return warnings
        case .refused(let problem) where problem.code == nil:
            session.control.stop(.wrongAddress(.foreign))
            return warnings
        case .refused(let problem):
            warnings.append("The environment could not be looked up (\(problem.summary)); going on without.")
        }
        for id in identityProviders {
            switch look(session.calls.readIdentityProvider(id)) {
            case nil: return warnings
            case .unknown:
                session.control.stop(.unknownIdentityProvider(id))
                return warnings
            case .refused(let problem):
                warnings.append(
                    "The identity provider \(id) could not be looked up (\(problem.summary)); going on without."
                )
            case .known(let document):
                if document["enabled"]?.boolean == false {
                    warnings.append("The identity provider \(id) is disabled: links to it may be refused.")
                }
            }
        }
        return warnings
    }

    /// - Returns: nil when the run was stopped.
    private func look(_ request: HTTPRequest) -> Answer? {
        let call = RepeatableCall(caller: caller, session: session, tries: session.retryPolicy.maxAttempts)
        switch call.send(request, { (try? JSONValue(parsing: $0.body)) ?? .null }) {
        case .found(let document): return .known(document)
        case .refused(let problem, _): return problem.status == 404 ? .unknown : .refused(problem)
        case .stopped: return nil
        case .failed(let problem):
            // A gateway that forbids even this, as often as it was asked, is not on the way to PingOne.
            session.control.stop(
                problem.httpStatus == 403 ? .wrongAddress(.foreign) : .unreachable(reason: problem.reason)
            )
            return nil
        }
    }

    private enum Answer {
        /// `null` where it is no JSON.
        case known(JSONValue)
        case unknown
        /// Refused for another reason than that it does not exist.
        case refused(APIProblem)
    }
}

extension RunStop {
    package static func unknownEnvironment(_ id: String, flag: String) -> RunStop {
        RunStop(
            "environment",
            exitCode: 78,
            "PingOne knows no environment \(id) here. Check \(flag) and --region.",
            doubting: [.environment, .address]
        )
    }

    /// `places`: what may have named it.
    package static func unknownIdentityProvider(
        _ id: String,
        namedBy places: String = "--idp or the column identityProviderId"
    ) -> RunStop {
        RunStop(
            "identity-provider",
            exitCode: 78,
            "The environment has no identity provider \(id). Check \(places).",
            doubting: [.environment]
        )
    }
}
