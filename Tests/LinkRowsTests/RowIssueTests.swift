import PingOneAPI
import Testing

@testable import LinkRows

@Suite("What is said about an unfit row")
struct RowIssueTests {
    private static let rules: [RowIssue.Rule] =
        [
            .wrongFieldCount(found: 3, expected: 4), .fieldsAreShifted, .fieldsStillMissing(found: 3, expected: 4),
            .nulCharacter, .userIDIsNoUUID,
            .lookUpRefused(APIProblem(status: 404)), .lookUpFailed(reason: "X"), .emptyExternalID,
            .externalIDTooLong(characters: 1025), .identityProviderIsNoUUID, .noIdentityProvider,
            .attributesAreNoJSON(offset: 7), .attributesHaveWrongShape, .attributeNamedTwice(name: "email"),
            .repeatedWithOtherAttributes(firstLine: 9), .claimedForTwoUsers(otherLine: 8),
            .claimedInLedger(otherLine: 8, source: "b.csv"),
        ]
        + UserKey.allCases.flatMap { key -> [RowIssue.Rule] in
            [
                .emptyUserKey(key), .userKeyTooLong(key, characters: 2000), .noUserWithKey(key),
                .severalUsersWithKey(key), .lookUpFoundAnother(key),
            ]
        }

    @Test("what to do is known again from the code and the fact, which is all that a ledger has", arguments: rules)
    func hint(rule: RowIssue.Rule) {
        let issue = RowIssue(line: 3, column: "userID", rule: rule)
        #expect(RowIssue.hint(forCode: issue.code, issue.fact) == issue.hint)
    }

    @Test("a code of another version has none")
    func unknownCode() {
        #expect(RowIssue.hint(forCode: "NEW_RULE", nil) == nil)
    }
}
