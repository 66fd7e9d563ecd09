import JSON
package import Ledger

/// What a verification has found, for other programs: one record for each linked row, and one for each link that no row
/// accounts for, which has no line.
package enum VerificationExport {
    package static let columns = [
        "line", "user_id", "identity_provider_id", "external_id", "linked_account_id", "result", "found_external_id",
    ]

    /// Writes all records in fixed memory.
    ///
    /// `write`: takes the next bytes.
    /// - Throws: `LedgerError`, or what `write` throws.
    package static func write(
        _ ledger: any Ledger,
        format: RecordFormat,
        to write: ([UInt8]) throws -> Void
    ) throws {
        var writer = RecordWriter(format: format, columns: columns)
        try ledger.forEachVerifiedRow { row in
            let values = [
                JSONValue(row.line), .string(row.userID), .string(row.identityProviderID), JSONValue(row.externalID),
                JSONValue(row.linkedAccountID), .string(row.result.rawValue), JSONValue(row.foundExternalID),
            ]
            try writer.append(values, to: write)
        }
        try writer.finish(to: write)
    }
}
