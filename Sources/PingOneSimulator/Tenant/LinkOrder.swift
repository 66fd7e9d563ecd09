import FoundationEssentials

/// The body of a "Create Linked Account" request, read and checked as far as that needs no state.
struct LinkOrder: Equatable, Sendable {
    /// One user attribute to change when linking.
    struct Attribute: Equatable, Sendable {
        /// Possibly dotted: `name.given`.
        var name: String
        var value: String
        var overwrites: Bool
    }

    static let contentType = "application/vnd.pingidentity.account.link+json"

    /// As the body has it; nil if it is missing or no string.
    private(set) var identityProviderID: String?
    /// As the body has it; nil if it is missing or no string.
    private(set) var externalID: String?
    private(set) var attributes: [Attribute] = []
    /// Why the body cannot be taken; empty if it can.
    private(set) var details: [APIProblem.Detail] = []
    /// The body is no JSON object.
    private(set) var isMalformed = false

    init(body: some Sequence<UInt8>) {
        do {
            self = try JSONDecoder().decode(LinkOrder.self, from: Data(body))
        } catch {
            self.init()
            isMalformed = true
        }
    }

    private init() {}
}

extension LinkOrder: Decodable {
    /// Asks for what a good body has, so that it is read without one thrown error: these are what makes a general
    /// ``JSON`` slow to read.
    init(from decoder: any Decoder) throws {
        self.init()
        let body = try decoder.container(keyedBy: JSON.MemberName.self)
        let provider = try? body.nestedContainer(keyedBy: JSON.MemberName.self, forKey: "identityProvider")
        if let provider {
            identityProviderID = requiredText("id", in: provider, named: "identityProvider.id")
        } else {
            let isMissing = try !body.contains("identityProvider") || body.decodeNil(forKey: "identityProvider")
            details.append(isMissing ? .required("identityProvider.id") : .invalid("identityProvider"))
        }
        externalID = requiredText("externalId", in: body, named: "externalId")
        if body.contains("attributes") { readAttributes(in: body) }
    }

    private typealias Members = KeyedDecodingContainer<JSON.MemberName>

    private mutating func requiredText(_ key: JSON.MemberName, in members: Members, named name: String) -> String? {
        guard let text = try? members.decode(String.self, forKey: key) else {
            let isMissing = !members.contains(key) || (try? members.decodeNil(forKey: key)) == true
            details.append(isMissing ? .required(name) : .invalid(name))
            return nil
        }
        if text.isEmpty { details.append(.empty(name)) }
        return text
    }

    private mutating func readAttributes(in body: Members) {
        guard let members = try? body.nestedContainer(keyedBy: JSON.MemberName.self, forKey: "attributes") else {
            details.append(.invalid("attributes"))
            return
        }
        for key in members.allKeys.sorted(by: { $0.stringValue < $1.stringValue }) {
            let name = key.stringValue
            guard
                let parts = try? members.nestedContainer(keyedBy: JSON.MemberName.self, forKey: key),
                let value = try? parts.decode(String.self, forKey: "value"),
                let update = try? parts.decode(String.self, forKey: "update"),
                update == "ALWAYS" || update == "EMPTY_ONLY",
                UserProfile.isSettable(name)
            else {
                details.append(.invalid(name))
                continue
            }
            attributes.append(Attribute(name: name, value: value, overwrites: update == "ALWAYS"))
        }
    }
}
