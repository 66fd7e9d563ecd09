import Testing

@testable import Ledger
@testable import LinkImport
@testable import LinkRows
@testable import PingOneClient

@Suite("Which rows of earlier runs are sent again")
struct ResumePolicyTests {
    private func sends(_ state: LinkState, changed: Bool = false, retrying: Set<ResumePolicy.Retry> = []) -> Bool {
        ResumePolicy(retrying: retrying).sends(content: changed ? 2 : 1, .sample(state))
    }

    @Test("by state")
    func states() {
        #expect(LinkState.allCases.filter { sends($0) } == [.invalid, .failed, .unsettled, .intended])
    }

    @Test("a rejected row whose content has changed; no other is sent because of that")
    func changed() {
        #expect(
            LinkState.allCases.filter { sends($0, changed: true) }
                == [.rejected, .invalid, .failed, .unsettled, .intended]
        )
    }

    @Test("what --retry names")
    func retried() {
        #expect(sends(.rejected, retrying: [.rejected]))
        #expect(!sends(.undone, retrying: [.rejected]))
        #expect(sends(.undone, retrying: [.undone]))
        #expect(!sends(.rejected, retrying: [.undone]))
        #expect(!sends(.linked, changed: true, retrying: [.rejected, .undone]))
    }
}
