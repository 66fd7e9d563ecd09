/// One API request as the simulator has kept it.
struct JournalEntry: Decodable, Sendable {
    var sequence: Int
    var method: String
    var route: String
    var userID: String?
    var externalID: String?
    var identityProviderID: String?
    var transactionID: String?
    var answer: Answer
    var applied: Bool
    var fault: String?
    var contentType: String?
    var userAgent: String?
    var hasAuthorization: Bool
    var body: String?

    /// The status, or nil when no answer was given.
    struct Answer: Decodable, Sendable {
        var status: Int?

        init(from decoder: any Decoder) throws {
            status = try? decoder.singleValueContainer().decode(Int.self)
        }
    }

    var isPost: Bool { method == "POST" && route == "linkedAccounts" }

    /// Whether a client that got this answer knows for sure that nothing was done.
    fileprivate var isRefusal: Bool {
        guard fault != "truncated", let status = answer.status else { return false }
        return (400..<500).contains(status) && status != 408
    }

    /// Whether a client that got this answer knows the user's links.
    fileprivate var isReadBack: Bool {
        method == "GET" && route == "linkedAccounts" && answer.status == 200 && fault == nil
    }

    fileprivate var key: String {
        [userID, identityProviderID].map { $0?.lowercased() ?? "" }.joined(separator: "/") + "/" + (externalID ?? "")
    }
}

extension [JournalEntry] {
    var posts: [JournalEntry] { filter(\.isPost) }

    /// What breaks the first promise: POSTs that follow one for the same row whose outcome was unknown, or known to be
    /// a success, without a read-back in between; and rows that took effect twice.
    var brokenPromises: [String] {
        var broken: [String] = []
        var open: [String: (user: String, sequence: Int)] = [:]
        var applied: Set<String> = []
        for entry in self {
            if entry.isReadBack, let user = entry.userID?.lowercased() {
                open = open.filter { $0.value.user != user }
            }
            guard entry.isPost else { continue }
            if let earlier = open[entry.key] {
                broken.append("POST \(entry.sequence) repeats POST \(earlier.sequence) without a read-back")
            }
            if entry.applied, !applied.insert(entry.key).inserted {
                broken.append("POST \(entry.sequence) links a second time")
            }
            open[entry.key] = entry.isRefusal ? nil : (entry.userID?.lowercased() ?? "", entry.sequence)
        }
        return broken
    }
}
