/// Linked accounts: read, make, delete.
extension Tenant {
    mutating func answer(
        _ request: Received,
        _ resource: Resource,
        ofUser id: String,
        at moment: Moment
    ) -> Reply {
        guard let user = ResourceID(id), directory.hasUser(user) else { return refuse(.notFound) }
        switch resource {
        case .linkedAccounts where request.method == "POST":
            return addLink(to: user, request, at: moment)
        case .linkedAccounts:
            let links = directory.links(of: user, at: moment.instant, lag: listLag).map { json(of: $0) }
            return list("linkedAccounts", links, at: "\(environmentURL)/users/\(user)/linkedAccounts")
        case .linkedAccount(_, let id):
            guard let link = ResourceID(id).flatMap({ directory.link($0, of: user) }) else { return refuse(.notFound) }
            guard request.method == "DELETE" else { return .json(json(of: link)) }
            directory.remove(link.id, at: moment.instant, lag: listLag)
            return Reply(status: 204, applied: true)
        default:
            return .json(userJSON(user))
        }
    }

    /// Makes a link as somebody else would: without a token, and without changing the user's attributes; at X, unless
    /// another identity provider is named.
    mutating func addForeignLink(
        userID: String,
        identityProviderID: String?,
        externalID: String,
        at moment: Moment
    ) throws(ForeignLinkRefusal) -> LinkRecord {
        guard !externalID.isEmpty else { throw .unreadable }
        guard let user = ResourceID(userID), directory.hasUser(user) else { throw .unknownUser }
        guard let provider = knownProvider(identityProviderID ?? KnownIDs.identityProvider) else {
            throw .unknownIdentityProvider
        }
        let link = Directory.Link(
            id: makeID(),
            user: user,
            identityProvider: provider,
            externalID: externalID,
            madeAt: moment.instant
        )
        guard case .linked = directory.add(link, changing: [], at: moment.date) else { throw .taken }
        return LinkRecord(link)
    }

    @discardableResult
    mutating func removeLink(_ id: ResourceID, at moment: Moment) -> Bool {
        directory.remove(id, at: moment.instant, lag: listLag)
    }

    private mutating func addLink(to user: ResourceID, _ request: Received, at moment: Moment) -> Reply {
        guard MediaType.matches(request.contentType, LinkOrder.contentType) else {
            return refuse(.unsupportedMediaType(expected: LinkOrder.contentType))
        }
        guard let order = request.linkOrder, !order.isMalformed else { return refuse(.malformed) }
        let provider = order.identityProviderID.flatMap(knownProvider)
        var details = order.details
        if provider == nil, let id = order.identityProviderID, !id.isEmpty {
            details.insert(.invalid("identityProvider.id"), at: 0)
        }
        guard details.isEmpty, let externalID = order.externalID, let provider else {
            return refuse(.invalidData(details))
        }

        let link = Directory.Link(
            id: makeID(),
            user: user,
            identityProvider: provider,
            externalID: externalID,
            createdBy: request.transactionID,
            madeAt: moment.instant
        )
        switch directory.add(link, changing: order.attributes, at: moment.date) {
        case .linked(let link):
            var reply = Reply.json(json(of: link, embedding: true))
            reply.applied = true
            return reply
        case .refused(let details):
            return refuse(.invalidData(details))
        }
    }

    private func knownProvider(_ id: String) -> ResourceID? {
        let id = id.lowercased()
        return identityProviders.contains { $0.id == id } ? ResourceID(id) : nil
    }

    /// A link; `embedding` the whole user, as only the answer to its creation does.
    private func json(of link: Directory.Link, embedding: Bool = false) -> JSON {
        let user = link.user.description
        let id = link.id.description
        var members: [JSON.Member] = [
            .init(
                name: "_links",
                value: [
                    "self": ["href": "\(environmentURL)/users/\(user)/linkedAccounts/\(id)"],
                    "environment": ["href": .string(environmentURL)],
                    "user": ["href": "\(environmentURL)/users/\(user)"],
                ]
            )
        ]
        if embedding {
            let profile = directory.profile(of: link.user).json(of: link.user)
            members.append(.init(name: "_embedded", value: ["user": profile]))
        }
        members += [
            .init(name: "id", value: .string(id)),
            .init(name: "environment", value: ["id": .string(KnownIDs.environment)]),
            .init(name: "user", value: ["id": .string(user)]),
            .init(name: "identityProvider", value: ["id": .string(link.identityProvider.description)]),
            .init(name: "externalId", value: .string(link.externalID)),
        ]
        return .object(members)
    }
}
