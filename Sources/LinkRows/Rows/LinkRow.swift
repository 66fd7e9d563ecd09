package import CSVReading
import Ledger
package import PingOneAPI

/// A record of the input that is fit to be sent.
package struct LinkRow: Sendable, Equatable {
    /// The line on which the record begins, counted from 1.
    package var line: Int
    package var user: UserReference
    package var link: LinkRequest
    /// The record as it was read, for the result files.
    package var record: CSVRecord

    /// A fingerprint of what is sent besides the row's key: it shows whether a row was corrected between two runs.
    ///
    /// `salt`: the ledger's, for a fingerprint that is kept in a file; zero within one process.
    package func content(salt: UInt64) -> UInt64 {
        var hash = StableHash(salt: salt)
        for attribute in link.attributes {
            hash.combine(attribute.name)
            hash.combine(attribute.value)
            hash.combine(attribute.update.rawValue)
        }
        return hash.finalize()
    }
}
