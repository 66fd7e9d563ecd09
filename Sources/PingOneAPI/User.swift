package import HTTPTransport
import JSON

/// A user, as far as it matters here: who it is and by what it can be found.
package struct User: Sendable, Equatable {
    package var id: String
    /// Nil where the answer does not tell.
    package var username: String?
    package var email: String?
    package var externalID: String?

    package init(id: String, username: String? = nil, email: String? = nil, externalID: String? = nil) {
        self.id = id
        self.username = username
        self.email = email
        self.externalID = externalID
    }

    init?(_ document: JSONValue) {
        guard let id = LinkedAccount.id(document["id"]) else { return nil }
        self.init(
            id: id,
            username: document["username"]?.string,
            email: document["email"]?.string,
            externalID: document["externalId"]?.string
        )
    }

    /// By what this user is found, folded; nil where the answer does not tell.
    package func name(by key: UserKey) -> String? {
        let own =
            switch key {
            case .username: username
            case .email: email
            case .externalID: externalID
            }
        return own.map(key.folded)
    }

    /// Whether this user has been asked for. A server that ignores a filter answers with anybody.
    package func isNamed(_ value: String, by key: UserKey) -> Bool {
        name(by: key).map { $0.utf8.elementsEqual(key.folded(value).utf8) } ?? false
    }
}

/// One page of a list of users.
package struct UserPage: Sendable, Equatable {
    package var users: [User]
    /// Where the list goes on; `nil` at its end.
    package var next: String?
    /// How many users all pages have together; `nil` where that is not known.
    package var total: Int?

    /// `nil` where the answer is no complete list: whoever cannot be read could be the second one with the same key.
    package init?(_ response: HTTPResponse) {
        guard let page = ListPage(response, member: "users", User.init) else { return nil }
        users = page.entries
        next = page.next
        total = page.total
    }
}
