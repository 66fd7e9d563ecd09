import HTTPTransport
import Pacing
import PingOneAPI

/// Looks before the first row is sent whether PingOne knows the environment and the identity providers.
struct Preflight {
    let caller: APICaller
    let session: APISession

    /// - Returns: what is worth a warning. When something is wrong the run has been stopped.
    func check(identityProviders: [String], environmentFlag: String = "--environment") -> [String] {
        var warnings: [String] = []
        switch look(session.calls.readEnvironment()) {
        case nil: return warnings
        case .unknown:
            session.control.stop(.unknownEnvironment(session.calls.environment, flag: environmentFlag))
            return warnings
        case .forbidden(let problem):
            warnings.append("The environment could not be looked up (\(problem.summary)); going on without.")
        case .known: break
        }
        for id in identityProviders {
            switch look(session.calls.readIdentityProvider(id)) {
            case nil: return warnings
            case .unknown:
                session.control.stop(.unknownIdentityProvider(id))
                return warnings
            case .forbidden(let problem):
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

    private enum Finding {
        case known(JSONValue)
        case unknown
        /// Refused for another reason than that it does not exist.
        case forbidden(APIProblem)
    }

    /// - Returns: nil when the run was stopped.
    private func look(_ request: HTTPRequest) -> Finding? {
        var failures = 0
        while true {
            let reason: String
            var retryAfter: Duration?
            switch caller.send(request, isRepeatable: true, isRetry: failures > 0) {
            case .stopped: return nil
            case .failure(let error): reason = error.reason
            case .response(let response):
                switch response.status {
                case 200..<300:
                    return .known((try? JSONValue(parsing: response.body)) ?? .null)
                case 404: return .unknown
                case 408, 500...:
                    reason = APIProblem(response).summary
                    retryAfter = response.retryDelay
                default: return .forbidden(APIProblem(response))
                }
            }
            failures += 1
            guard failures < session.retryPolicy.maxAttempts else {
                session.control.stop(.unreachable(reason: reason))
                return nil
            }
            guard session.waitToRetry(failures: failures, retryAfter: retryAfter) else { return nil }
        }
    }
}
