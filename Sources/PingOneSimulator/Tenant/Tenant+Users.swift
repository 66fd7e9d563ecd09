/// Users: read one, find some, list all.
extension Tenant {
    /// A page of users with a cursor to the next one. `count` is of all pages together, `size` of this one; PingOne
    /// documents both as optional, and not what they count.
    mutating func answerUsers(_ query: String) -> Reply {
        let page: UserQuery
        do { page = try UserQuery(query) } catch { return refuse(error) }
        let users = page.filter.map { directory.users(matching: $0) } ?? directory.allUsers
        let shown = users.dropFirst(page.offset).prefix(page.limit)
        return list(
            "users",
            shown.map(userJSON),
            at: url(ofUsers: page.page(after: page.offset)),
            count: users.count,
            next: shown.endIndex < users.endIndex ? url(ofUsers: page.page(after: shown.endIndex)) : nil
        )
    }

    func userJSON(_ user: ResourceID) -> JSON {
        guard case .object(let members) = directory.profile(of: user).json(of: user) else { return .null }
        let links: JSON = [
            "self": ["href": "\(environmentURL)/users/\(user.description)"],
            "environment": ["href": .string(environmentURL)],
            "linkedAccounts": ["href": "\(environmentURL)/users/\(user.description)/linkedAccounts"],
        ]
        return .object([.init(name: "_links", value: links)] + members)
    }

    private func url(ofUsers query: String) -> String {
        "\(environmentURL)/users\(query.isEmpty ? "" : "?\(query)")"
    }
}
