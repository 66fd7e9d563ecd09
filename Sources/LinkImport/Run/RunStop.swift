package import FoundationEssentials
package import Ledger
package import Pacing
package import PingOneAPI

/// What a run does with its rows at PingOne, as messages call it.
package enum RunWork: String, Sendable {
    case linking
    case reading = "reading links"
    case removing = "removing links"
}

/// What answers instead of PingOne's API.
package enum AddressProblem: Sendable, Equatable {
    /// Something that does not speak of the environment that was asked for: a web page, a portal, another API.
    case foreign
    /// The API's front door, which does not know the path.
    case unknownPath

    fileprivate var message: String {
        let what =
            switch self {
            case .foreign: "what answers there is not PingOne's API"
            case .unknownPath: "PingOne's API does not know the path"
            }
        return "The address of the API is wrong: \(what). Check --api-url, or leave it out and name the --region; "
            + "it looks like https://api.pingone.com/v1."
    }
}

/// Why a run ended before its input did.
package enum RunStop: Sendable, Equatable {
    /// SIGHUP, SIGINT or SIGTERM.
    case signal(Int32)
    /// `--max-duration`.
    case maxDuration
    /// `--until`.
    case until
    /// `--limit`.
    case limit(Int)
    /// Too many rows failed.
    case breaker(Breaker.Trip)
    /// A request was refused with a fresh token too.
    case unauthorized(APIProblem)
    /// The authorization server refuses the worker application.
    case credentialsRefused(TokenRefusal)
    /// The token is there but its file or its text cannot be used.
    case tokenUnusable(reason: String)
    /// The first row, or many rows one after the other, met 403.
    case forbidden(APIProblem, inARow: Int, RunWork)
    /// The identity provider or its attribute mappings may not be read or changed.
    case forbiddenMappings(APIProblem)
    /// Users may not be looked up by their names.
    case lookUpForbidden(APIProblem)
    case unknownEnvironment(String, flag: String)
    /// No authorization server answers there, or none for this environment.
    case noTokenService(TokenAddress, status: Int)
    case unknownIdentityProvider(String)
    /// Whatever answers at the address, it is not PingOne's API.
    case wrongAddress(AddressProblem)
    case unreachable(reason: String)
    case certificate(reason: String)
    /// PingOne asks for more patience than `--max-wait` allows.
    case pause(PacingStop, now: Date)
    case ledger(LedgerError)
    /// A stream that cannot be read twice turned out to be broken.
    case brokenInput(String)
    /// The input could not be read any further.
    case unreadableInput(String)

    package var exitCode: Int32 {
        switch self {
        case .signal(let number): 128 + number
        case .maxDuration, .until, .limit: 3
        case .brokenInput: 65
        case .unreadableInput: 66
        case .breaker, .unreachable, .certificate, .pause: 69
        case .ledger: 74
        case .unauthorized, .credentialsRefused, .tokenUnusable, .forbidden, .forbiddenMappings, .lookUpForbidden: 77
        case .unknownEnvironment, .noTokenService, .unknownIdentityProvider, .wrongAddress: 78
        }
    }

    /// One word for the ledger's `runs`.
    package var name: String {
        switch self {
        case .signal: "signal"
        case .maxDuration: "max-duration"
        case .until: "until"
        case .limit: "limit"
        case .breaker: "max-failures"
        case .unauthorized, .credentialsRefused, .tokenUnusable: "credentials"
        case .forbidden, .forbiddenMappings, .lookUpForbidden: "permissions"
        case .unknownEnvironment: "environment"
        case .noTokenService(let address, let status):
            address.environment != nil && status == 404 ? "environment" : "auth-url"
        case .unknownIdentityProvider: "identity-provider"
        case .wrongAddress: "api-url"
        case .unreachable: "unreachable"
        case .certificate: "certificate"
        case .pause: "max-wait"
        case .ledger: "ledger"
        case .brokenInput, .unreadableInput: "input"
        }
    }

    /// Whether the user asked for it.
    package var isOnPurpose: Bool {
        switch self {
        case .signal, .maxDuration, .until, .limit: true
        default: false
        }
    }

    /// What happened and what to do next.
    package var message: String {
        switch self {
        case .signal: "Stopped by a signal; what was in flight was waited for. Run the same command again to go on."
        case .maxDuration: "Stopped after --max-duration. Run the same command again to go on."
        case .until: "Stopped at --until. Run the same command again to go on."
        case .limit(let rows):
            "Stopped after \(rows == 1 ? "1 row" : "\(DigitGroups.text(rows)) rows") (--limit). Run the same command again to go on."
        case .breaker(let trip):
            "Stopped: \(trip.description). Correct the cause, or raise --max-failures, then run again to go on."
        case .unauthorized(let problem):
            "PingOne refuses the access token, a fresh one too (\(problem.summary)). "
                + "Check that token, region and environment belong together."
        case .credentialsRefused(let refusal): refusal.message
        case .tokenUnusable(let reason): "No usable access token: \(reason)."
        case .forbidden(let problem, let rows, let work):
            "PingOne forbids \(work.rawValue) (\(problem.summary), "
                + "\(rows == 1 ? "the first row" : "\(rows) rows in a row")). "
                + "Give the worker application the Identity Data Admin role for these users, "
                + "then run again\(work == .linking ? " with --retry rejected" : "")."
        case .forbiddenMappings(let problem):
            "PingOne forbids the worker application to read or change the attribute mappings (\(problem.summary)). "
                + "Give it a role that may configure identity providers, such as Environment Admin, then run again."
        case .lookUpForbidden(let problem):
            "PingOne forbids looking users up (\(problem.summary)). Give the worker application the Identity Data Admin "
                + "role for these users, then run again to go on."
        case .unknownEnvironment(let id, let flag):
            "PingOne knows no environment \(id) here. Check \(flag) and --region."
        case .noTokenService(let address, let status): address.advice(answering: status)
        case .unknownIdentityProvider(let id):
            "The environment has no identity provider \(id). Check --idp or the column identityProviderId."
        case .wrongAddress(let problem): problem.message
        case .unreachable(let reason): "PingOne cannot be reached: \(reason). Run again when it can."
        case .certificate(let reason):
            "The server's certificate was not accepted: \(reason). Check the URL, or name its root with --ca-file."
        case .pause(let stop, let now): Self.message(stop, now)
        case .ledger(let error): error.description
        case .brokenInput(let text): text
        case .unreadableInput(let text): text
        }
    }

    private static func message(_ stop: PacingStop, _ now: Date) -> String {
        let (what, wait): (String, Duration) =
            switch stop {
            case .pauseTooLong(let wait): ("asks for a pause of \(wait.components.seconds) s", wait)
            case .throttledTooLong(let lasted, let wait):
                ("has answered nothing but 429 for \(lasted.components.seconds) s", wait)
            }
        let again = now.addingTimeInterval(wait / .seconds(1)).formatted(.iso8601)
        return "PingOne \(what), longer than --max-wait. It makes sense to run again from \(again)."
    }
}
