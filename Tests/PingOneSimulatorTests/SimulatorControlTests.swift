import Testing

@testable import PingOneSimulator

@Suite("Looking into the simulator and steering it, over a socket")
struct SimulatorControlTests {
    private typealias Client = TestClient

    @Test("the overview shows counters, settings and links")
    func overview() async throws {
        try await Client.withSimulator { client in
            let headers = ["X-Ping-External-Transaction-ID": "run/2"]
            let link = try await client.post(Client.linkBody("00123"), headers: headers)
            let id = try #require(link.json?["id"]?.stringValue)
            _ = try await client.link("00123")
            let overview = try await client.get("/_simulator")
            #expect(
                overview.body == #"{"counters":{"requests":2,"requestsByRoute":{"POST linkedAccounts":2},"#
                    + #""statuses":{"200":1,"400":1},"faults":{},"tokensIssued":1,"tokensRefused":0,"#
                    + #""duplicatesRefused":1,"throttled":0},"settings":{"rateLimit":null,"burst":null,"#
                    + #""limiter":"bucket","window":1.0,"retryAfter":1,"#
                    + #""latencyMilliseconds":0.0,"jitterMilliseconds":0.0,"#
                    + #""listLagMilliseconds":0.0,"faults":"","deny":null},"linkCount":1,"#
                    + #""links":[{"userID":"\#(Client.user)","identityProviderID":"\#(KnownIDs.identityProvider)","#
                    + #""externalID":"00123","linkedAccountID":"\#(id)","createdBy":"run/2"}]}"#
            )
            let counters = try await client.get("/_simulator/counters")
            #expect(counters.json?["linkCount"] == 1)
            #expect(counters.json?["links"] == nil)
        }
    }

    @Test("the journal has each API request with its exact body and no token")
    func journal() async throws {
        try await Client.withSimulator { client in
            let body = #"{ "identityProvider": {"id": "\#(KnownIDs.identityProvider)"}, "externalId": "é\u00e9" }"#
            let headers = ["X-Ping-External-Transaction-ID": "run/2", "User-Agent": "test/1"]
            _ = try await client.post(body, headers: headers)
            _ = try await client.get("/v1/nothing")

            let entry = try #require(client.simulator.journal.first)
            #expect(entry.sequence == 1)
            #expect(entry.method == "POST")
            #expect(entry.route == "linkedAccounts")
            #expect(entry.userID == Client.user)
            #expect(entry.externalID == "éé")
            #expect(entry.identityProviderID == KnownIDs.identityProvider)
            #expect(entry.transactionID == "run/2")
            #expect(entry.answer == .status(200))
            #expect(entry.applied)
            #expect(entry.fault == nil)
            #expect(entry.contentType == LinkOrder.contentType)
            #expect(entry.userAgent == "test/1")
            #expect(entry.hasAuthorization)
            #expect(entry.body == Array(body.utf8))

            let text = try await client.get("/_simulator/journal")
            #expect(text.headers["content-type"] == "application/x-ndjson")
            #expect(!text.body.contains(client.token))
            let lines = text.body.split(separator: "\n").compactMap { JSON.reading($0.utf8) }
            #expect(lines.map { $0["sequence"] } == [1, 2])
            #expect(lines.map { $0["route"] } == ["linkedAccounts", "unknown"])
            #expect(lines.first?["body"]?.stringValue == body)
        }
    }

    @Test("without a journal the counters still count")
    func withoutJournal() async throws {
        var configuration = SimulatorConfiguration()
        configuration.keepsJournal = false
        try await Client.withSimulator(configuration) { client in
            _ = try await client.link("1")
            #expect(client.simulator.journal.isEmpty)
            #expect(client.simulator.counters.requests == ["POST linkedAccounts": 1])
        }
    }

    @Test("settings change from the next request on; a mistake changes nothing")
    func settings() async throws {
        try await Client.withSimulator { client in
            let changed = try await client.send("POST", "/_simulator/settings", body: #"{"deny":403,"retryAfter":2}"#)
            #expect(
                changed.body == #"{"rateLimit":null,"burst":null,"limiter":"bucket","window":1.0,"#
                    + #""retryAfter":2,"latencyMilliseconds":0.0,"#
                    + #""jitterMilliseconds":0.0,"listLagMilliseconds":0.0,"faults":"","deny":403}"#
            )
            #expect(try await client.link("1").status == 403)
            let refused = try await client.send("POST", "/_simulator/settings", body: #"{"deny":null,"faults":"x=1"}"#)
            #expect(refused.status == 400)
            #expect(client.simulator.settings.deny == 403)
        }
    }

    @Test("a link can be removed behind the client's back")
    func removeLink() async throws {
        try await Client.withSimulator { client in
            let id = try #require(try await client.link("1").json?["id"]?.stringValue)
            #expect(try await client.send("DELETE", "/_simulator/links?linkedAccountID=\(id)").status == 204)
            #expect(client.simulator.links.isEmpty)
            #expect(try await client.send("DELETE", "/_simulator/links?linkedAccountID=\(id)").status == 404)
            #expect(try await client.send("DELETE", "/_simulator/links?linkedAccountID=1").status == 400)
            #expect(!client.simulator.removeLink(id))
        }
    }

    @Test("a link can be made behind the client's back")
    func addLink() async throws {
        try await Client.withSimulator { client in
            let body = #"{"userID":"\#(Client.user.uppercased())","externalID":"00123"}"#
            let made = try await client.send("POST", "/_simulator/links", body: body, headers: ["Authorization": ""])
            #expect(made.status == 201)
            let record = try #require(client.simulator.links.first)
            #expect(made.json == JSON.reading(record.json.bytes))
            #expect(record.userID == Client.user)
            #expect(record.identityProviderID == KnownIDs.identityProvider)
            #expect(record.externalID == "00123")
            #expect(record.createdBy == nil)
            let listed = try await client.get(Client.linksPath())
            #expect(listed.embedded("linkedAccounts").map { $0["id"] } == [.string(record.linkedAccountID)])
            #expect(try await client.link("00123").problem == "INVALID_DATA: UNIQUENESS_VIOLATION externalId")
            #expect(client.simulator.counters.requests == ["GET linkedAccounts": 1, "POST linkedAccounts": 1])

            let second = try client.simulator.addLink(
                userID: Client.otherUser,
                externalID: "00123",
                identityProviderID: KnownIDs.samlIdentityProvider.uppercased()
            )
            #expect(client.simulator.links == [record, second])
        }
    }

    @Test(
        "a link that cannot be made behind the client's back says why, and nothing changes",
        arguments: [
            (
                "{", 400,
                #"Say which link: {"userID":"UUID","externalID":"text"}, and "identityProviderID" for another than X."#
            ),
            (
                #"{"userID":"\#(Client.user)","externalID":""}"#, 400,
                #"Say which link: {"userID":"UUID","externalID":"text"}, and "identityProviderID" for another than X."#
            ),
            (#"{"userID":"17","externalID":"2"}"#, 404, "There is no such user. Name one that exists."),
            (
                #"{"userID":"\#(Client.user)","externalID":"2","identityProviderID":"\#(Client.user)"}"#, 404,
                "There is no such identity provider. GET .../identityProviders lists them all."
            ),
            (
                #"{"userID":"\#(Client.otherUser)","externalID":"1","identityProviderID":null}"#, 409,
                "Conflict: this externalID is linked at this identity provider. Remove that link first."
            ),
        ]
    )
    func addLinkRefused(body: String, status: Int, message: String) async throws {
        try await Client.withSimulator { client in
            try client.simulator.addLink(userID: Client.user, externalID: "1")
            let refusal = try await client.send("POST", "/_simulator/links", body: body)
            #expect(refusal.status == status)
            #expect(refusal.json == ["error": .string(message)])
            #expect(client.simulator.links.map(\.externalID) == ["1"])
        }
    }

    @Test("a reset brings users and attribute mappings back")
    func resetMappingsAndUsers() async throws {
        try await Client.withSimulator { client in
            let before = try await client.get(Client.attributesPath())
            let nickname = #"{"name":"nickname","update":"ALWAYS","value":"${providerAttributes.name}"}"#
            let json = ["Content-Type": "application/json"]
            _ = try await client.send("POST", Client.attributesPath(), body: nickname, headers: json)
            let email = "\(Client.attributesPath())/\(KnownIDs.emailMapping)"
            _ = try await client.send("DELETE", email)
            _ = try await client.post(
                #"{"identityProvider":{"id":"\#(KnownIDs.identityProvider)"},"externalId":"1","#
                    + #""attributes":{"username":{"value":"leslie","update":"ALWAYS"}}}"#
            )
            #expect(try await client.get("\(Client.environmentPath)/users").embedded("users").count == 1)
            #expect(try await client.get(Client.attributesPath()).json != before.json)
            client.simulator.reset()
            #expect(try await client.get(Client.attributesPath()).json == before.json)
            #expect(try await client.get("\(Client.environmentPath)/users").embedded("users").isEmpty)
        }
    }

    @Test("the journal has queries, and the bodies of attribute mappings, with the identity provider of the path")
    func journalOfOtherResources() async throws {
        try await Client.withSimulator { client in
            let query = "filter=username%20eq%20%22a+b%22&limit=3"
            _ = try await client.get("\(Client.environmentPath)/users?\(query)")
            let body = #"{ "name":"nickname" }"#
            _ = try await client.send("POST", Client.attributesPath(), body: body)
            let entries = client.simulator.journal
            #expect(entries.map(\.route) == ["users", "attributes"])
            #expect(entries.map(\.query) == [query, ""])
            #expect(entries.map(\.identityProviderID) == [nil, KnownIDs.identityProvider])
            #expect(entries.map(\.body) == [[], Array(body.utf8)])
            let lines = try await client.get("/_simulator/journal").body.split(separator: "\n")
            #expect(lines.map { JSON.reading($0.utf8)?["query"] } == [.string(query), ""])
            #expect(lines.map { JSON.reading($0.utf8)?["body"] } == ["", .string(body)])
        }
    }

    @Test("a reset forgets links and records, not tokens; revoking makes tokens worthless")
    func resetAndRevoke() async throws {
        try await Client.withSimulator { client in
            _ = try await client.link("1")
            #expect(try await client.send("POST", "/_simulator/reset").status == 204)
            #expect(client.simulator.links.isEmpty)
            #expect(client.simulator.journal.isEmpty)
            #expect(client.simulator.counters == Counters())
            #expect(try await client.link("1").status == 200)
            #expect(try await client.send("POST", "/_simulator/tokens/revoke").status == 204)
            #expect(try await client.link("2").status == 401)
        }
    }

    @Test("other resources are listed when one is asked for that does not exist")
    func usage() async throws {
        try await Client.withSimulator { client in
            let response = try await client.get("/_simulator/help")
            #expect(response.status == 404)
            #expect(
                response.json?["error"] == """
                    There are GET /_simulator, GET /_simulator/counters, GET /_simulator/journal, \
                    POST /_simulator/settings, POST /_simulator/reset, POST /_simulator/tokens/revoke, \
                    POST /_simulator/links and DELETE /_simulator/links?linkedAccountID=UUID.
                    """
            )
        }
    }
}
