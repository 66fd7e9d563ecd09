import LinkRows
import PingOneAPI
import Testing

@Suite("What is wrong with the name of a user")
struct UserIssueTests {
    @Test(
        "code, problem and hint",
        arguments: [
            (
                RowIssue.Rule.noUserWithKey(.username), "NO_SUCH_USER",
                "no user has this username. Check that the user is in this environment and visible to the worker "
                    + "application, and how it is spelled."
            ),
            (
                .severalUsersWithKey(.email), "SEVERAL_USERS",
                "more than one user has this email. Name the user by the username, which is unique, or by the id."
            ),
            (
                .lookUpFoundAnother(.externalID), "OTHER_USER_FOUND",
                "PingOne's answer to the look-up is a user with another externalId. Give the user's externalId "
                    + "exactly as it is in PingOne."
            ),
            (
                .lookUpFailed(reason: "HTTP 500"), "LOOK_UP_FAILED",
                "the user could not be looked up (HTTP 500). Nothing is wrong with the row: run again."
            ),
            (
                .lookUpRefused(APIProblem(status: 400, code: "INVALID_FILTER")), "LOOK_UP_REFUSED",
                "PingOne refuses the look-up (HTTP 400 INVALID_FILTER). Correct what names the user, or name it by "
                    + "the id."
            ),
        ]
    )
    func texts(rule: RowIssue.Rule, code: String, text: String) {
        let issue = RowIssue(line: 3, column: "Login", rule: rule)
        #expect(issue.code == code)
        #expect(issue.description == "line 3: column \"Login\": " + text)
    }
}
