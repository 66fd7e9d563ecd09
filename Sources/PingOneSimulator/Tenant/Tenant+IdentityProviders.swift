import FoundationEssentials

/// Identity providers and their attribute mappings: read both, change the mappings.
extension Tenant {
    mutating func answer(
        _ request: Received,
        _ resource: Resource,
        ofIdentityProvider id: String,
        at moment: Moment
    ) -> Reply {
        let id = id.lowercased()
        guard let index = identityProviders.firstIndex(where: { $0.id == id }) else { return refuse(.notFound) }
        let provider = identityProviders[index]
        switch resource {
        case .attributes where request.method == "POST":
            return addMapping(request, toProviderAt: index, at: moment)
        case .attributes:
            let seen = moment.date.addingTimeInterval(-(listLag / .seconds(1)))
            let mappings = provider.mappings.filter { $0.createdAt <= seen }.map { json(of: $0, of: provider) }
            return list("attributes", mappings, at: "\(url(of: provider))/attributes")
        case .attribute(_, let id):
            guard let mapping = provider.index(ofMapping: id) else { return refuse(.notFound) }
            return answer(request, mappingAt: mapping, ofProviderAt: index, at: moment)
        default:
            return .json(provider.json(below: environmentURL))
        }
    }

    private mutating func addMapping(_ request: Received, toProviderAt index: Int, at moment: Moment) -> Reply {
        let id = makeID()
        do {
            let order = try MappingOrder(contentType: request.contentType, body: request.body)
            let mapping = try identityProviders[index].addMapping(order, id: id, at: moment.date)
            var reply = Reply.json(json(of: mapping, of: identityProviders[index]), status: 201)
            reply.headers = [.init(name: "Location", value: url(of: mapping, of: identityProviders[index]))]
            reply.applied = true
            return reply
        } catch {
            return refuse(error)
        }
    }

    private mutating func answer(
        _ request: Received,
        mappingAt mapping: Int,
        ofProviderAt index: Int,
        at moment: Moment
    ) -> Reply {
        do {
            switch request.method {
            case "PUT":
                let order = try MappingOrder(contentType: request.contentType, body: request.body)
                let changed = try identityProviders[index].changeMapping(at: mapping, to: order, at: moment.date)
                var reply = Reply.json(json(of: changed, of: identityProviders[index]))
                reply.applied = true
                return reply
            case "DELETE":
                try identityProviders[index].removeMapping(at: mapping)
                return Reply(status: 204, applied: true)
            default:
                let provider = identityProviders[index]
                return .json(json(of: provider.mappings[mapping], of: provider))
            }
        } catch {
            return refuse(error)
        }
    }

    private func json(of mapping: AttributeMapping, of provider: IdentityProvider) -> JSON {
        mapping.json(at: url(of: mapping, of: provider), of: provider.id, at: url(of: provider))
    }

    private func url(of mapping: AttributeMapping, of provider: IdentityProvider) -> String {
        "\(url(of: provider))/attributes/\(mapping.id)"
    }

    private func url(of provider: IdentityProvider) -> String {
        "\(environmentURL)/identityProviders/\(provider.id)"
    }
}
