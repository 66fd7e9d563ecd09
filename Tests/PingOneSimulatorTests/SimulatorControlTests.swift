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
                    + #""duplicatesRefused":1,"throttled":0},"settings":{"rateLimit":null,"burst":null,"retryAfter":1,"#
                    + #""latencyMilliseconds":0.0,"jitterMilliseconds":0.0,"faults":"","deny":null},"linkCount":1,"#
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
                changed.body == #"{"rateLimit":null,"burst":null,"retryAfter":2,"latencyMilliseconds":0.0,"#
                    + #""jitterMilliseconds":0.0,"faults":"","deny":403}"#
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
                    POST /_simulator/settings, POST /_simulator/reset, POST /_simulator/tokens/revoke and \
                    DELETE /_simulator/links?linkedAccountID=UUID.
                    """
            )
        }
    }
}
