package import Foundation
package import Ledger

/// The moment at which all tests take place: 2026-03-01T04:05:06.789Z.
package let moment = Date(timeIntervalSince1970: 1_772_337_906.789)

package let environment = "abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6"
package let provider = "302990c0-289d-40ec-a2ff-e7c7fd0cca63"

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
