import CSVReading
import Ledger
import LinkRows
import PingOneAPI

extension ImportRun.Options {
    /// All that decides, besides its bytes, what a run makes of a file, in one number for the ledger. Nil where a part of
    /// it is known to PingOne only: the mappings of an identity provider.
    ///
    /// What only says which of the open rows are sent, and how, is left out: a finished file has none.
    func fingerprint(environment: String, salt: UInt64) -> UInt64? {
        var mappings: [AttributeMapping] = []
        if let book = reading.mappings {
            guard let fixed = book.fixed else { return nil }
            mappings = fixed
        }
        let columns = reading.columns
        var hash = StableHash(salt: salt)
        for text in [version, environment, reading.identityProvider, reading.userKey?.rawValue] {
            hash.combine(text.map { "=\($0)" } ?? "")
        }
        hash.combine("\(isStrict) \(reading.encoding.name) \(reading.delimiter) \(columns.update.rawValue)")
        hash.combine("\(reading.acceptsDamagedIDs)")
        hash.combine("\(columns.ignoresUnknown) \(columns.acceptsProviderAttributes)")
        hash.combine("\(columns.map.count) \(columns.ignored.count) \(mappings.count)")
        for text in columns.map.flatMap({ [$0.column, $0.target] }) + columns.ignored.sorted() { hash.combine(text) }
        for text in mappings.flatMap({ [$0.name, $0.value, $0.update.rawValue] }) { hash.combine(text) }
        return hash.finalize()
    }
}
