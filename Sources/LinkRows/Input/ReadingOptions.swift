package import CSVReading
package import PingOneAPI

/// How the input is to be read.
package struct ReadingOptions: Sendable {
    /// Of an input without a byte order mark.
    package var encoding: TextEncoding
    package var delimiter: DelimiterChoice
    package var columns: ColumnPlan.Options
    /// For rows that name none; a UUID.
    package var identityProvider: String?
    /// Turn the columns with the provider's attributes into user attributes. A first reading does without them: they
    /// make no row unfit.
    package var mappings: MappingBook?
    /// What the column `userID` holds instead of the id; nil for the id.
    package var userKey: UserKey?
    /// Whether an id that a spreadsheet has rounded is sent as it stands.
    package var acceptsDamagedIDs: Bool

    package init(
        encoding: TextEncoding = .utf8,
        delimiter: DelimiterChoice,
        columns: ColumnPlan.Options,
        identityProvider: String?,
        mappings: MappingBook? = nil,
        userKey: UserKey? = nil,
        acceptsDamagedIDs: Bool = false
    ) {
        self.encoding = encoding
        self.delimiter = delimiter
        self.columns = columns
        self.identityProvider = identityProvider
        self.mappings = mappings
        self.userKey = userKey
        self.acceptsDamagedIDs = acceptsDamagedIDs
    }
}

/// The structure of the input is broken: nothing, or nothing more, can be read. Says where and what to do.
package struct BrokenInput: Error, Sendable, Equatable, CustomStringConvertible {
    package var description: String

    package init(description: String) {
        self.description = description
    }
}
