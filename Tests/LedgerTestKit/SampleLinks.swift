package import Foundation
package import Ledger
import TestKit

/// The moment at which all tests take place: 2026-03-01T04:05:06.789Z.
package let moment = Date(timeIntervalSince1970: 1_772_337_906.789)

package let environment = SampleIDs.environment
package let provider = SampleIDs.provider

package func key(_ number: Int, account: String? = nil) -> LinkKey {
    LinkKey(
        environment: environment,
        userID: "00000000-0000-4000-8000-" + "\(100_000_000_000 + number)",
        identityProviderID: provider,
        externalID: account ?? "account \(number)"
    )
}

package func candidate(_ number: Int, line: Int? = nil, content: UInt64 = 7, account: String? = nil) -> Candidate {
    Candidate(key: key(number, account: account), line: line ?? number + 1, content: content)
}
