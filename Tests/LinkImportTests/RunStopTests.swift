import AttributeMappings
import Ledger
import Pacing
import PingOneAPI
import PingOneClient
import Testing

@testable import LinkImport
@testable import LinkRows

@Suite("Why a run ends early")
struct RunStopTests {
    private static let problem = APIProblem(status: 403, code: "ACCESS_FAILED")
    private static let trip = Breaker.Trip(failed: 3, rows: 4, cause: "HTTP 500", withCause: 3)

    @Test(
        "exit codes, names and messages",
        arguments: [
            (
                RunStop.signal(2), 130, "signal",
                "Stopped by a signal; what was in flight was waited for. Run the same command again to go on."
            ),
            (
                .signal(15), 143, "signal",
                "Stopped by a signal; what was in flight was waited for. Run the same command again to go on."
            ),
            (.maxDuration, 3, "max-duration", "Stopped after --max-duration. Run the same command again to go on."),
            (.until, 3, "until", "Stopped at --until. Run the same command again to go on."),
            (.limit(1), 3, "limit", "Stopped after 1 row (--limit). Run the same command again to go on."),
            (.limit(5), 3, "limit", "Stopped after 5 rows (--limit). Run the same command again to go on."),
            (
                .breaker(trip), 69, "max-failures",
                "Stopped: 3 of the last 4 rows sent have failed, 100 % of them with HTTP 500. Correct the cause, or raise --max-failures, then run again to go on."
            ),
            (
                .tokenUnusable(reason: "x cannot be read"), 77, "credentials",
                "No usable access token: x cannot be read."
            ),
            (
                .forbidden(problem, inARow: 1, .linking), 77, "permissions",
                "PingOne forbids linking (HTTP 403 ACCESS_FAILED, the first row). Give the worker application the Identity Data Admin role for these users, then run again with --retry rejected."
            ),
            (
                .forbidden(problem, inARow: 20, .linking), 77, "permissions",
                "PingOne forbids linking (HTTP 403 ACCESS_FAILED, 20 rows in a row). Give the worker application the Identity Data Admin role for these users, then run again with --retry rejected."
            ),
            (
                .forbiddenMappings(problem), 77, "permissions",
                "PingOne forbids the worker application to read or change the attribute mappings (HTTP 403 ACCESS_FAILED). Give it a role that may configure identity providers, such as Environment Admin, then run again."
            ),
            (
                .lookUpForbidden(problem), 77, "permissions",
                "PingOne forbids looking users up (HTTP 403 ACCESS_FAILED). Give the worker application the Identity Data Admin role for these users, then run again to go on."
            ),
            (
                .forbidden(problem, inARow: 1, .reading), 77, "permissions",
                "PingOne forbids reading links (HTTP 403 ACCESS_FAILED, the first row). Give the worker application the Identity Data Admin role for these users, then run again."
            ),
            (
                .forbidden(problem, inARow: 1, .unlinking), 77, "permissions",
                "PingOne forbids removing links (HTTP 403 ACCESS_FAILED, the first row). Give the worker application the Identity Data Admin role for these users, then run again with --retry rejected."
            ),
            (
                .forbidden(problem, inARow: 20, .removing), 77, "permissions",
                "PingOne forbids removing links (HTTP 403 ACCESS_FAILED, 20 rows in a row). Give the worker application the Identity Data Admin role for these users, then run again."
            ),
            (
                .unknownEnvironment("e", flag: "--environment"), 78, "environment",
                "PingOne knows no environment e here. Check --environment and --region."
            ),
            (
                .noTokenService(TokenAddress(server: "https://a", environment: "e"), status: 404), 78, "environment",
                "PingOne knows no environment e here: https://a/e/as/token answers 404. Check --auth-environment or --environment and --region. If this is a custom domain, it goes without the environment: --auth-url https://a/as."
            ),
            (
                .noTokenService(TokenAddress(server: "https://a/as", environment: "e"), status: 404), 78, "auth-url",
                "No authorization server: https://a/as/token answers 404. --auth-url with /as at its end is for a custom domain that is active in PingOne; without one leave it out and name the --region."
            ),
            (
                .unknownIdentityProvider("i"), 78, "identity-provider",
                "The environment has no identity provider i. Check --idp or the column identityProviderId."
            ),
            (
                .unknownIdentityProvider("i", namedBy: "--idp"), 78, "identity-provider",
                "The environment has no identity provider i. Check --idp."
            ),
            (
                .unreachable(reason: "h: no route"), 69, "unreachable",
                "PingOne cannot be reached: h: no route. Run again when it can."
            ),
            (
                .certificate(reason: "expired"), 69, "certificate",
                "The server's certificate was not accepted: expired. Check the URL, or name its root with --ca-file."
            ),
            (.brokenInput("text"), 65, "input", "text"),
            (.unreadableInput("text"), 66, "input", "text"),
            (
                .ledger(.writeFailed(path: "l", reason: "the disk is full")), 74, "ledger",
                "l: the ledger cannot be written: the disk is full. Nothing recorded is lost; correct that, then run again to go on."
            ),
        ] as [(RunStop, Int32, String, String)]
    )
    func texts(stop: RunStop, exitCode: Int32, name: String, message: String) {
        #expect(stop.exitCode == exitCode)
        #expect(stop.name == name)
        #expect(stop.message == message)
        #expect(stop.isOnPurpose == [130, 143, 3].contains(exitCode))
    }
}
