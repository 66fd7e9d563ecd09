import Ledger
import Pacing
import PingOneAPI
import Testing

@testable import LinkImport
@testable import LinkRows
@testable import PingOneClient

@Suite("Seeing that a run goes wrong")
struct FailureWatchTests {
    private let control = RunControl()

    private func watch(_ limit: Breaker.Limit = .count(1000)) -> FailureWatch {
        FailureWatch(.linking, breaker: Breaker(limit), control: control)
    }

    private func note(_ settlement: Settlement, _ watch: FailureWatch, isCanary: Bool = false) {
        watch.note(
            FailureWatch.Failure(settlement),
            identityProviderID: LinkRow.sample().link.identityProviderID,
            isCanary: isCanary
        )
    }

    private let forbidden = Settlement(state: .rejected, httpStatus: 403, errorCode: "ACCESS_FAILED")

    @Test("the first row's 403 is enough")
    func canary() {
        note(forbidden, watch(), isCanary: true)
        #expect(control.reason?.exitCode == 77)
    }

    @Test("of other rows it takes twenty in a row")
    func streak() {
        let watch = watch()
        for _ in 0..<19 { note(forbidden, watch) }
        note(Settlement(state: .linked), watch)
        for _ in 0..<19 { note(forbidden, watch) }
        #expect(control.reason == nil)
        note(forbidden, watch)
        #expect(control.reason == .forbidden(APIProblem(status: 403, code: "ACCESS_FAILED"), inARow: 20, .linking))
    }

    @Test("a first row that is refused for its identity provider")
    func provider() {
        let refused = Settlement(
            state: .rejected,
            httpStatus: 400,
            errorCode: "INVALID_DATA",
            errorDetail: "INVALID_VALUE (identityProvider.id)",
            errorFact: .identityProvider
        )
        let row = LinkRow.sample()
        note(refused, watch())
        #expect(control.reason == nil)
        note(refused, watch(), isCanary: true)
        #expect(control.reason == .unknownIdentityProvider(row.link.identityProviderID))
    }

    @Test("a first row that is linked elsewhere says nothing about its identity provider")
    func conflictAtTheProvider() {
        let conflict = Settlement(
            state: .rejected,
            httpStatus: 400,
            errorCode: "INVALID_DATA",
            errorDetail: "UNIQUENESS_VIOLATION (identityProvider.id)",
            errorFact: .exists
        )
        note(conflict, watch(), isCanary: true)
        #expect(control.reason == nil)
    }

    @Test("the breaker counts rejected, failed and unsettled rows, and no others")
    func breaker() {
        let watch = watch(.count(3))
        for state in [LinkState.rejected, .linked, .alreadyLinked, .failed, .linked] {
            note(Settlement(state: state, httpStatus: 500), watch)
        }
        #expect(control.reason == nil)
        note(Settlement(state: .unsettled, errorCode: "NO_ANSWER"), watch)
        #expect(control.reason == .breaker(Breaker.Trip(failed: 3, rows: 6, cause: "HTTP 500", withCause: 2)))
    }
}
