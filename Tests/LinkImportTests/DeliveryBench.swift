import CSVReading
import ImportTestKit
import PingOneAPI
import TestKit

@testable import LinkImport
@testable import LinkRows
@testable import PingOneClient

extension ClientBench {
    /// Nothing blocks here: the clock jumps over every wait.
    func deliver(
        _ row: LinkRow = .sample(),
        after doubt: LinkDelivery.Doubt? = nil
    ) -> DeliveryOutcome {
        LinkDelivery(caller: caller, session: session, runID: "run")
            .deliver(row, ofUser: SampleIDs.user(1), after: doubt)
    }
}

extension LinkRow {
    static func sample(user: Int = 1, externalID: String = "leslie", line: Int = 2) -> LinkRow {
        LinkRow(
            line: line,
            user: .id(SampleIDs.user(user)),
            link: LinkRequest(identityProviderID: SampleIDs.provider, externalID: externalID),
            record: CSVRecord(line: line, fields: [SampleIDs.user(user), externalID])
        )
    }
}
