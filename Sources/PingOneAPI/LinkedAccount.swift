package import HTTPTransport
import JSON

/// A user's account at an external identity provider, as Read Linked Accounts lists it.
package struct LinkedAccount: Sendable, Equatable {
    package var id: String
    package var identityProviderID: String
    package var externalID: String

    package init(id: String, identityProviderID: String, externalID: String) {
        self.id = id
        self.identityProviderID = identityProviderID
        self.externalID = externalID
    }

    init?(_ document: JSONValue) {
        guard let id = Self.id(document["id"]),
            let provider = document["identityProvider"]?["id"]?.string,
            let externalID = document["externalId"]?.string
        else { return nil }
        self.init(id: id, identityProviderID: provider, externalID: externalID)
    }

    /// Identity provider and externalId decide: UUIDs without regard to case, external ids to the letter. Unicode
    /// equivalence is not equality here, so bytes are compared.
    package func links(identityProvider: String, externalID: String) -> Bool {
        identityProviderID.lowercased() == identityProvider.lowercased()
            && self.externalID.utf8.elementsEqual(externalID.utf8)
    }

    static func id(_ value: JSONValue?) -> String? {
        guard var id = value?.string, (1...128).contains(id.utf8.count),
            id.withUTF8({ unsafe $0.allSatisfy(isIDByte) })  // the string's own iterator takes several times as long
        else { return nil }
        return id
    }

    private static func isIDByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"): true
        default: false
        }
    }
}

/// One page of a user's linked accounts.
package struct LinkedAccountPage: Sendable, Equatable {
    package var accounts: [LinkedAccount]
    /// Where the list goes on; `nil` at its end.
    package var next: String?

    /// `nil` where the answer is no complete list: an entry or a next page that cannot be read could be the one that
    /// matters.
    package init?(_ response: HTTPResponse) {
        guard let page = ListPage(response, member: "linkedAccounts", LinkedAccount.init) else { return nil }
        accounts = page.entries
        next = page.next
    }
}
