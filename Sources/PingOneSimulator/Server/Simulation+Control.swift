/// The simulator's own resources below `/_simulator`: for tests and demonstrations, without authorization.
extension Simulation {
    /// Answers a request below `/_simulator`; `command` is what the path has after that.
    mutating func control(_ command: String, _ request: Received, at moment: Moment) -> Reply {
        switch (request.method, command) {
        case ("GET", ""):
            return .json(overview(withLinks: true))
        case ("GET", "counters"):
            return .json(overview(withLinks: false))
        case ("GET", "journal"):
            var reply = Reply(status: 200, body: journal.flatMap { $0.json.bytes + [UInt8(ascii: "\n")] })
            reply.contentType = "application/x-ndjson"
            return reply
        case ("POST", "settings"):
            var changed = settings
            do { try changed.change(by: JSON.reading(request.body)) } catch {
                return .json(["error": .string(error.description)], status: 400)
            }
            change(to: changed, at: moment.instant)
            return .json(settings.json)
        case ("POST", "reset"):
            reset()
            return Reply(status: 204)
        case ("POST", "tokens/revoke"):
            tenant.revokeTokens()
            return Reply(status: 204)
        case ("POST", "links"):
            return addForeignLink(JSON.reading(request.body), at: moment)
        case ("DELETE", "links"):
            let prefix = "linkedAccountID="
            guard request.query.hasPrefix(prefix), let id = ResourceID(request.query.dropFirst(prefix.count)) else {
                return .json(["error": "Name the link: DELETE /_simulator/links?linkedAccountID=UUID."], status: 400)
            }
            guard tenant.removeLink(id, at: moment) else {
                return .json(["error": "There is no link \(id.description)."], status: 404)
            }
            return Reply(status: 204)
        default:
            return .json(["error": .string(Self.usage)], status: 404)
        }
    }

    private static let usage = """
        There are GET /_simulator, GET /_simulator/counters, GET /_simulator/journal, POST /_simulator/settings, \
        POST /_simulator/reset, POST /_simulator/tokens/revoke, POST /_simulator/links and \
        DELETE /_simulator/links?linkedAccountID=UUID.
        """

    /// A null is as good as no member.
    private mutating func addForeignLink(_ json: JSON?, at moment: Moment) -> Reply {
        do throws(ForeignLinkRefusal) {
            let provider = json?["identityProviderID"] ?? .null
            guard let user = json?["userID"]?.stringValue, let externalID = json?["externalID"]?.stringValue,
                provider == .null || provider.stringValue != nil
            else { throw .unreadable }
            let record = try tenant.addForeignLink(
                userID: user,
                identityProviderID: provider.stringValue,
                externalID: externalID,
                at: moment
            )
            return .json(record.json, status: 201)
        } catch {
            return .json(["error": .string(error.description)], status: error.status)
        }
    }

    private func overview(withLinks: Bool) -> JSON {
        var members: [JSON.Member] = [
            .init(name: "counters", value: counters.json),
            .init(name: "settings", value: settings.json),
            .init(name: "linkCount", value: .integer(tenant.directory.linkCount)),
        ]
        if withLinks {
            members.append(
                .init(name: "links", value: .array(tenant.directory.allLinks.map { LinkRecord($0).json }))
            )
        }
        return .object(members)
    }
}
