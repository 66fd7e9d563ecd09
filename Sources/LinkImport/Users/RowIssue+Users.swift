import LinkRows
import PingOneClient

extension RowIssue.Rule {
    init(_ miss: UserMiss) {
        self =
            switch miss {
            case .noUser(let key): .noUserWithKey(key)
            case .severalUsers(let key): .severalUsersWithKey(key)
            case .anotherUser(let key): .lookUpFoundAnother(key)
            case .refused(let problem): .lookUpRefused(problem)
            case .failed(let problem): .lookUpFailed(reason: problem.reason)
            }
    }
}
