package import Ledger
package import PingOneAPI

/// Why one record is not fit to be sent. The run goes on without it.
package struct RowIssue: Error, Sendable, Equatable {
    package enum Rule: Sendable, Equatable {
        case wrongFieldCount(found: Int, expected: Int)
        /// Of a result file: the record had too few fields, and what was put in their place is still empty.
        case fieldsStillMissing(found: Int, expected: Int)
        /// Of a result file: a field is missing or there is one too many before the columns that a run has written.
        case fieldsAreShifted
        case nulCharacter
        case emptyUserID
        case userIDIsNoUUID
        case emptyUserKey(UserKey)
        case userKeyTooLong(UserKey, characters: Int)
        /// This and the following ones show in the run only, when users are looked up.
        case noUserWithKey(UserKey)
        case severalUsersWithKey(UserKey)
        case lookUpFoundAnother(UserKey)
        case lookUpRefused(APIProblem)
        /// PingOne has not answered, as often as it was asked.
        case lookUpFailed(reason: String)
        case emptyExternalID
        case externalIDTooLong(characters: Int)
        /// A spreadsheet has rounded it.
        case damagedID
        case identityProviderIsNoUUID
        case noIdentityProvider
        case attributesAreNoJSON(offset: Int)
        case attributesHaveWrongShape
        case attributeNamedTwice(name: String)
        case repeatedWithOtherAttributes(firstLine: Int)
        case claimedForTwoUsers(otherLine: Int)
        /// Shows in the run only, when the ledger is asked; `source`: the other row's input, as the user named it.
        case claimedInLedger(otherLine: Int, source: String)
    }

    /// The line on which the record begins, counted from 1.
    package var line: Int
    /// The header's name of the column, where one column is to blame.
    package var column: String?
    package var rule: Rule

    package init(line: Int, column: String?, rule: Rule) {
        self.line = line
        self.column = column
        self.rule = rule
    }

    /// The longest externalId, in characters.
    ///
    /// Source: the bounds of the user's own `externalId`, PingOne API; none is stated for linked accounts.
    package static let longestExternalID = 1024

    /// A short name for scripts.
    package var code: String {
        switch rule {
        case .wrongFieldCount, .fieldsStillMissing: Self.wrongFieldCountCode
        case .fieldsAreShifted: "FIELDS_SHIFTED"
        case .nulCharacter: "NUL_CHARACTER"
        case .emptyUserID: "EMPTY_USER_ID"
        case .userIDIsNoUUID: "INVALID_USER_ID"
        case .emptyUserKey: "EMPTY_USER_KEY"
        case .userKeyTooLong: "USER_KEY_TOO_LONG"
        case .noUserWithKey: "NO_SUCH_USER"
        case .severalUsersWithKey: "SEVERAL_USERS"
        case .lookUpFoundAnother: "OTHER_USER_FOUND"
        case .lookUpRefused: "LOOK_UP_REFUSED"
        case .lookUpFailed: "LOOK_UP_FAILED"
        case .emptyExternalID: "EMPTY_EXTERNAL_ID"
        case .externalIDTooLong: "EXTERNAL_ID_TOO_LONG"
        case .damagedID: "DAMAGED_ID"
        case .identityProviderIsNoUUID: "INVALID_IDENTITY_PROVIDER_ID"
        case .noIdentityProvider: "NO_IDENTITY_PROVIDER"
        case .attributesAreNoJSON, .attributesHaveWrongShape: "INVALID_ATTRIBUTES"
        case .attributeNamedTwice: "ATTRIBUTE_NAMED_TWICE"
        case .repeatedWithOtherAttributes: "REPEATED_WITH_OTHER_ATTRIBUTES"
        case .claimedForTwoUsers, .claimedInLedger: "CLAIMED_FOR_TWO_USERS"
        }
    }

    /// What the hint depends on besides the code.
    package var fact: ProblemFact? {
        switch rule {
        case .emptyUserKey(let key), .userKeyTooLong(let key, _), .noUserWithKey(let key),
            .severalUsersWithKey(let key),
            .lookUpFoundAnother(let key):
            key.fact
        case .fieldsStillMissing: .stillMissing
        case .claimedInLedger: .claimedInLedger
        default: nil
        }
    }

    /// What is wrong, in words and without the cell's value.
    package var problem: String {
        (column.map(Self.place(ofColumn:)) ?? "") + what
    }

    /// How ``problem`` begins where a column is to blame.
    package static func place(ofColumn name: String) -> String { "column \"\(name)\": " }

    private var what: String {
        switch rule {
        case .wrongFieldCount(let found, let expected):
            "\(found) \(found == 1 ? "field" : "fields") where the header has \(expected)"
        case .fieldsStillMissing(let found, let expected):
            "still \(found) \(found == 1 ? "field" : "fields") where the header has \(expected)"
        case .fieldsAreShifted: "the fields do not stand below their names: pinglink_state holds something else"
        case .nulCharacter: "a NUL character"
        case .emptyUserID: "the user id is empty"
        case .userIDIsNoUUID: "the user id is not a UUID"
        case .emptyUserKey(let key): "the user's \(key.rawValue) is empty"
        case .userKeyTooLong(let key, let characters):
            "the user's \(key.rawValue) has \(characters) characters, more than \(key.longest)"
        case .noUserWithKey(let key): "no user has this \(key.rawValue)"
        case .severalUsersWithKey(let key): "more than one user has this \(key.rawValue)"
        case .lookUpFoundAnother(let key): "PingOne's answer to the look-up is a user with another \(key.rawValue)"
        case .lookUpRefused(let problem): "PingOne refuses the look-up (\(problem.summary))"
        case .lookUpFailed(let reason): "the user could not be looked up (\(reason))"
        case .emptyExternalID: "the external id is empty"
        case .externalIDTooLong(let characters):
            "the external id has \(characters) characters, more than \(Self.longestExternalID)"
        case .damagedID: "the id looks as if a spreadsheet had rounded it"
        case .identityProviderIsNoUUID: "the identity provider id is not a UUID"
        case .noIdentityProvider: "the row names no identity provider"
        case .attributesAreNoJSON(let offset): "not valid JSON (at byte \(offset + 1) of the cell)"
        case .attributesHaveWrongShape: "not a JSON object of attributes, each a text or a value with its update"
        case .attributeNamedTwice(let name): "the attribute \"\(name)\" is named twice"
        case .repeatedWithOtherAttributes(let line): "repeats the link of line \(line) with other attributes"
        case .claimedInLedger(let line, let source):
            "line \(line) of \(source) has claimed the same external id for another user in this ledger"
        case .claimedForTwoUsers(let line): "line \(line) claims the same external id for another user"
        }
    }

    /// What to do about it.
    package var hint: String {
        switch rule {
        case .wrongFieldCount: "Quote fields that hold the delimiter, or add the missing fields."
        case .fieldsStillMissing: "Fill the cells that are missing, or empty pinglink_error if they are to be empty."
        case .fieldsAreShifted: "Put each field below its name: one is missing or too many before pinglink_line."
        case .nulCharacter: "Remove the NUL character; was the file saved as UTF-16?"
        case .emptyUserID: "Give the PingOne user's id, a UUID."
        case .userIDIsNoUUID: "Give the PingOne user's id, a UUID; for user names or e-mail addresses use --user-key."
        case .emptyUserKey(let key), .userKeyTooLong(let key, _): "Give the user's \(key.rawValue) in PingOne."
        case .noUserWithKey:
            "Check that the user is in this environment and visible to the worker application, and how it is spelled."
        case .severalUsersWithKey: "Name the user by the username, which is unique, or by the id."
        case .lookUpFoundAnother(let key): "Give the user's \(key.rawValue) exactly as it is in PingOne."
        case .lookUpFailed: "Nothing is wrong with the row: run again."
        case .lookUpRefused: "Correct what names the user, or name it by the id."
        case .emptyExternalID, .externalIDTooLong: "Give the account's id at the identity provider, as text."
        case .damagedID: "Export the column as text; --accept-damaged-ids sends such ids as they stand."
        case .identityProviderIsNoUUID: "Give the identity provider's id in PingOne, or leave the cell empty for --idp."
        case .noIdentityProvider: "Fill the cell, or name one for all with --idp."
        case .attributesAreNoJSON, .attributesHaveWrongShape:
            #"Write {"email":"l@example.com"} or {"email":{"value":"l@example.com","update":"ALWAYS"}}."#
        case .attributeNamedTwice: "Keep one of the two."
        case .repeatedWithOtherAttributes: "Keep the row that is right and remove the other."
        case .claimedInLedger:
            "Find out whose account it is. If it is this user's, remove the other link in PingOne, run pinglink verify on "
                + "this ledger, and import again."
        case .claimedForTwoUsers: "Find out whose account it is and remove the other row."
        }
    }
}

extension RowIssue {
    /// What to do about a row of which a ledger has the ``code`` and the ``fact``; nil for a code of another version.
    package static func hint(forCode code: String, _ fact: ProblemFact?) -> String? {
        let key = UserKey.allCases.first { $0.fact == fact } ?? .username
        let rules: [Rule] = [
            .wrongFieldCount(found: 0, expected: 0), .fieldsAreShifted, .nulCharacter, .emptyUserID, .userIDIsNoUUID,
            .emptyUserKey(key), .userKeyTooLong(key, characters: 0), .noUserWithKey(key), .severalUsersWithKey(key),
            .lookUpFoundAnother(key), .lookUpRefused(APIProblem(status: 400)), .lookUpFailed(reason: ""),
            .emptyExternalID, .externalIDTooLong(characters: 0), .damagedID, .identityProviderIsNoUUID,
            .noIdentityProvider,
            .attributesAreNoJSON(offset: 0), .attributeNamedTwice(name: ""),
            .repeatedWithOtherAttributes(firstLine: 1), .claimedForTwoUsers(otherLine: 1),
            // These two have the code of another one, and say more.
            .fieldsStillMissing(found: 0, expected: 0), .claimedInLedger(otherLine: 1, source: ""),
        ]
        let issues = rules.lazy.map { RowIssue(line: 1, column: nil, rule: $0) }.filter { $0.code == code }
        return (issues.first { $0.fact == fact } ?? issues.first)?.hint
    }
}

extension RowIssue {
    private static let wrongFieldCountCode = "WRONG_FIELD_COUNT"

    /// What a result file says of a record with too few fields: how many it had, and how many the header.
    ///
    /// `error`: the cell below `pinglink_error`.
    static func tooFewFields(inError error: String) -> (found: Int, expected: Int)? {
        guard error.hasPrefix(wrongFieldCountCode) else { return nil }
        let numbers = error.split { !$0.isNumber }.compactMap { Int($0) }
        return numbers.count == 2 && numbers[0] < numbers[1] ? (numbers[0], numbers[1]) : nil
    }
}

extension RowIssue: CustomStringConvertible {
    package var description: String { "line \(line): \(problem). \(hint)" }
}

extension UserKey {
    fileprivate var fact: ProblemFact {
        switch self {
        case .username: .username
        case .email: .email
        case .externalID: .externalID
        }
    }
}
