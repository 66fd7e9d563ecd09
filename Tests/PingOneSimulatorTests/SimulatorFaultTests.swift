import Testing

@testable import PingOneSimulator

@Suite("Limits and faults over a socket")
struct SimulatorFaultTests {
    private typealias Client = TestClient

    private static func configuration(faults: String) throws -> SimulatorConfiguration {
        var configuration = SimulatorConfiguration()
        configuration.settings.faults = try FaultPlan(faults)
        return configuration
    }

    @Test(
        "a reset is a reset on the wire, after or before the effect",
        arguments: [(Fault.applyThenReset, 1), (.resetBefore, 0)]
    )
    func reset(fault: Fault, links: Int) async throws {
        try await Client.withSimulator(try Self.configuration(faults: "\(fault.rawValue)=1")) { client in
            let answer = try await Client.answer(to: client.linkRequest(Client.linkBody("1")), from: client.simulator)
            #expect(answer == .reset)
            #expect(client.simulator.links.count == links)
            let entry = try #require(client.simulator.journal.last)
            #expect(entry.answer == .reset)
            #expect(entry.applied == (links == 1))
            #expect(entry.fault == fault)
            #expect(client.simulator.counters.faults == [fault: 1])
        }
    }

    @Test(
        "a faulty status comes with its body, after or without the effect",
        arguments: [
            (.applyThen500, 500, 1, "UNEXPECTED_ERROR"),
            (.error500, 500, 0, "UNEXPECTED_ERROR"),
            (.error429, 429, 0, "REQUEST_LIMITED: LIMIT_EXCEEDED"),
            (.error503, 503, 0, nil),
        ] as [(Fault, Int, Int, String?)]
    )
    func status(fault: Fault, status: Int, links: Int, problem: String?) async throws {
        try await Client.withSimulator(try Self.configuration(faults: "\(fault.rawValue)=1")) { client in
            let response = try await client.link("1")
            #expect(response.status == status)
            #expect(response.problem == problem)
            #expect(client.simulator.links.count == links)
        }
    }

    @Test("a truncated answer ends in the middle of the body")
    func truncated() async throws {
        try await Client.withSimulator(try Self.configuration(faults: "truncated=1")) { client in
            let answer = try await Client.answer(to: client.linkRequest(Client.linkBody("1")), from: client.simulator)
            guard case .cutOff(let received) = answer else {
                Issue.record("not cut off but \(answer)")
                return
            }
            let parts = String(decoding: received, as: UTF8.self).split(separator: "\r\n\r\n")
            #expect(parts.count == 2)
            let length = try #require(
                parts[0].firstMatch(of: /content-length: (\d+)/.ignoresCase()).flatMap { Int($0.1) }
            )
            #expect(parts[1].utf8.count == length / 2)
            #expect(client.simulator.links.count == 1)
            #expect(client.simulator.journal.last?.answer == .status(200))
        }
    }

    @Test("a broken answer is a whole 200 that is no JSON; a refusal stays a refusal")
    func brokenJSON() async throws {
        try await Client.withSimulator(try Self.configuration(faults: "broken-json=1")) { client in
            let response = try await client.link("1")
            #expect(response.status == 200)
            #expect(response.json == nil)
            #expect(!response.body.isEmpty)
            #expect(client.simulator.links.count == 1)
            #expect(try await client.link("1").problem == "INVALID_DATA: UNIQUENESS_VIOLATION externalId")
            #expect(client.simulator.counters.faults == [.brokenJSON: 1])
        }
    }

    private static let resetAfterAll = "apply-then-reset=1,on=all,only=GET+POST+PUT+DELETE"

    @Test("a deletion takes effect before the reset")
    func resetAfterDeletion() async throws {
        try await Client.withSimulator { client in
            let link = try client.simulator.addLink(userID: Client.user, externalID: "1")
            try client.change { $0.faults = try FaultPlan("apply-then-reset=1,only=DELETE") }
            let request = Client.request(
                "DELETE",
                "\(Client.linksPath())/\(link.linkedAccountID)",
                headers: ["Authorization": "Bearer \(client.token)"]
            )
            #expect(try await Client.answer(to: request, from: client.simulator) == .reset)
            #expect(client.simulator.links.isEmpty)
            #expect(client.simulator.journal.last?.applied == true)
        }
    }

    @Test(
        "changes of attribute mappings take effect before the fault",
        arguments: ["apply-then-reset", "apply-then-500", "truncated", "stall"]
    )
    func mappingChangesAreApplied(fault: String) async throws {
        try await Client.withSimulator { client in
            let email = "\(Client.attributesPath())/\(KnownIDs.emailMapping)"
            let body = #"{"name":"nickname","update":"ALWAYS","value":"${providerAttributes.name}"}"#
            let requests = [
                ("PUT", email, body), ("DELETE", email, ""), ("POST", Client.attributesPath(), body),
            ]
            var names: [[JSON?]] = []
            for (method, path, body) in requests {
                try client.change { $0.faults = try FaultPlan("\(fault)=1,on=all,only=POST+PUT+DELETE") }
                let connection = try RawConnection(port: client.simulator.port)
                let headers = ["Authorization": "Bearer \(client.token)", "Content-Type": "application/json"]
                try connection.send(Client.request(method, path, headers: headers, body: body))
                while client.simulator.journal.last?.method != method { await Task.yield() }
                connection.closeSendingSide()
                let answer = await connection.receive()
                if case .response(let response) = answer { #expect(response.status == 500) }
                // A stalled request takes effect or not, as chance has it.
                if fault != "stall" { #expect(client.simulator.journal.last?.applied == true) }
                try client.change { $0.faults = .none }
                names.append(try await client.get(Client.attributesPath()).embedded("attributes").map { $0["name"] })
            }
            guard fault != "stall" else { return }
            #expect(names == [["username", "nickname"], ["username"], ["username", "nickname"]])
        }
    }

    @Test("a look-up of users meets faults and limits as other requests do")
    func usersMeetFaults() async throws {
        try await Client.withSimulator { client in
            let path = "\(Client.environmentPath)/users?limit=1"
            try client.change { $0.faults = try FaultPlan("apply-then-reset=1") }
            #expect(try await client.get(path).status == 200)
            try client.change { $0.faults = try FaultPlan(Self.resetAfterAll) }
            let request = Client.request("GET", path, headers: ["Authorization": "Bearer \(client.token)"])
            #expect(try await Client.answer(to: request, from: client.simulator) == .reset)
            try client.change {
                $0.faults = .none
                $0.rateLimit = 0.001
                $0.burst = 1
            }
            #expect(try await client.get(path).status == 200)
            #expect(try await client.get(path).problem == "REQUEST_LIMITED: LIMIT_EXCEEDED")
            #expect(client.simulator.counters.requests == ["GET users": 4])
            #expect(client.simulator.counters.faults == [.applyThenReset: 1])
        }
    }

    @Test("a stalled request gets no answer; the connection ends when the client gives up")
    func stall() async throws {
        try await Client.withSimulator(try Self.configuration(faults: "stall=1")) { client in
            let connection = try RawConnection(port: client.simulator.port)
            try connection.send(client.linkRequest(Client.linkBody("1")))
            while client.simulator.counters.faults[.stall] == nil { await Task.yield() }
            connection.closeSendingSide()
            #expect(await connection.receive() == .cutOff(received: []))
            let entry = try #require(client.simulator.journal.last)
            #expect(entry.answer == .stall)
            #expect(entry.applied == (client.simulator.links.count == 1))
        }
    }

    @Test("stopping ends stalled connections too")
    func stopWhileStalled() async throws {
        let configuration = try Self.configuration(faults: "stall=1,on=all")
        let simulator = try await Simulator.start(configuration)
        let connection = try RawConnection(port: simulator.port)
        try connection.send(Client.request("GET", Client.environmentPath))
        while simulator.counters.faults[.stall] == nil { await Task.yield() }
        await simulator.stop()
        let answer = await connection.receive()
        #expect(answer == .cutOff(received: []) || answer == .reset)
    }

    @Test("above the rate limit comes 429 with Retry-After in seconds, and nothing happens")
    func rateLimit() async throws {
        var configuration = SimulatorConfiguration()
        configuration.settings.rateLimit = 0.001
        configuration.settings.burst = 2
        configuration.settings.retryAfter = 7
        try await Client.withSimulator(configuration) { client in
            #expect(try await client.link("1").status == 200)
            #expect(try await client.link("2").status == 200)
            let refusal = try await client.link("3")
            #expect(refusal.status == 429)
            #expect(refusal.problem == "REQUEST_LIMITED: LIMIT_EXCEEDED")
            #expect(refusal.headers["retry-after"] == "7")
            #expect(client.simulator.links.count == 2)
            #expect(client.simulator.counters.throttled == 1)

            try client.change {
                $0.retryAfter = 0
            }
            #expect(try await client.link("3").headers["retry-after"] == nil)
            try client.change { $0.rateLimit = nil }
            #expect(try await client.link("3").status == 200)
        }
    }

    @Test(
        "denying answers all of the API, but not the token endpoint",
        arguments: [(401, "ACCESS_FAILED: INVALID_TOKEN"), (403, "ACCESS_FAILED: INSUFFICIENT_PERMISSIONS")]
    )
    func deny(status: Int, problem: String) async throws {
        var configuration = SimulatorConfiguration()
        configuration.settings.deny = status
        try await Client.withSimulator(configuration) { client in
            let response = try await client.link("1")
            #expect(response.status == status)
            #expect(response.problem == problem)
            #expect(try await client.get(Client.environmentPath).status == status)
            #expect(client.simulator.links.isEmpty)
        }
    }
}
