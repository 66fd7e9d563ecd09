import HTTPTransport
import ImportTestKit
import PingOneAPI
import TestKit
import Testing

@testable import AttributeMappings
@testable import PingOneClient

@Suite("Bringing a provider's attribute mappings to what a file says")
struct MappingSessionTests {
    private static let provider =
        "https://api.pingone.com/v1/environments/\(SampleIDs.environment)/identityProviders/\(SampleIDs.provider)"
    private static let there = AttributeMapping(
        id: "m-email",
        name: "email",
        value: "${providerAttributes.name}",
        update: .emptyOnly
    )

    private struct Bench {
        let wire: ScriptedTransport
        let delivery: ClientBench<ScriptedTransport>
        let session: MappingSession

        init(_ steps: [ScriptedTransport.Step], attempts: Int = 3, control: RunControl = RunControl()) throws {
            try self.init(ScriptedTransport(steps), attempts: attempts, control: control)
        }

        init(_ wire: ScriptedTransport, attempts: Int = 3, control: RunControl = RunControl()) throws {
            self.wire = wire
            delivery = try ClientBench(wire, attempts: attempts, control: control)
            session = MappingSession(
                session: delivery.session,
                identityProvider: SampleIDs.provider
            )
        }

        /// The mapping `email` from `${providerAttributes.email}`, where there is none.
        func create() throws -> MappingResult? { try create("email").first }

        func create(_ names: String...) throws -> [MappingResult] {
            let lines = try names.enumerated().map { try MappingLine.sample($0 + 2, $1, "${providerAttributes.email}") }
            return session.apply(MappingPlan(lines: lines, existing: []), changes: false)
        }

        func change(_ changes: Bool = true) throws -> MappingResult? {
            let line = try MappingLine.sample(2, "email", "${providerAttributes.email}", .always)
            return session.apply(MappingPlan(lines: [line], existing: [MappingSessionTests.there]), changes: changes)
                .first
        }
    }

    // MARK: Reading

    @Test("looks up environment, provider and all pages of its mappings")
    func read() throws {
        let bench = try Bench([
            .reply(.environment), .reply(.sample(200, #"{"type":"TWITTER","enabled":true}"#)),
            .reply(.mappings(("username", "${providerAttributes.id}"), next: "\(Self.provider)/attributes?cursor=2")),
            .reply(.mappings(("email", "${providerAttributes.email}"))),
        ])
        var warnings: [String] = []
        let provider = try #require(bench.session.read { warnings.append($0) })
        #expect(provider.type == ProviderType(apiName: "TWITTER"))
        #expect(provider.mappings.map(\.name) == ["username", "email"])
        #expect(warnings == [])
        #expect(
            bench.wire.requests.map(\.url) == [
                "https://api.pingone.com/v1/environments/\(SampleIDs.environment)", Self.provider,
                "\(Self.provider)/attributes", "\(Self.provider)/attributes?cursor=2",
            ]
        )
    }

    @Test("a disabled provider is a warning")
    func disabled() throws {
        let bench = try Bench([
            .reply(.environment), .reply(.sample(200, #"{"type":"SAML","enabled":false}"#)), .reply(.mappings()),
        ])
        var warnings: [String] = []
        #expect(bench.session.read { warnings.append($0) } != nil)
        #expect(warnings == ["The identity provider is disabled: nobody can sign on through it."])
    }

    @Test(
        "what ends it before there is anything to compare",
        arguments: [
            ([404], .unknownEnvironment(SampleIDs.environment, flag: "--environment")),
            ([200, 404], .unknownIdentityProvider(SampleIDs.provider, namedBy: "--idp")),
            ([200, 400], .unreachable(reason: "HTTP 400")),
            ([200, 500, 500, 500], .unreachable(reason: "HTTP 500")),
            ([200, 200, 200, 200], .unreachable(reason: "HTTP 200 UNREADABLE_ANSWER")),
            ([200, 401, 401], .unauthorized(APIProblem(status: 401))),
        ] as [([Int], RunStop)]
    )
    func stops(statuses: [Int], reason: RunStop) throws {
        let bench = try Bench(statuses.enumerated().map { .reply($0 == 0 && $1 == 200 ? .environment : .sample($1)) })
        #expect(bench.session.read { _ in } == nil)
        #expect(bench.delivery.control.reason == reason)
        #expect(bench.wire.stepsLeft == 0)
    }

    // MARK: Creating

    @Test("one POST for what is missing, none for the rest")
    func create() throws {
        let bench = try Bench([.reply(.created)])
        #expect(try bench.create() == .created)
        let request = try #require(bench.wire.requests.first)
        #expect(request.method == .post)
        #expect(request.url == "\(Self.provider)/attributes")
        #expect(
            request.body.map { String(decoding: $0, as: UTF8.self) }
                == #"{"name":"email","update":"EMPTY_ONLY","value":"${providerAttributes.email}"}"#
        )
    }

    @Test(
        "a POST whose outcome is unknown is settled by reading, before any other",
        arguments: [
            .failure(.inDoubt(reason: "h:443: reset")), .reply(.sample(408)), .reply(.sample(500)),
            .reply(.sample(502)), .reply(.sample(503, headers: ["Retry-After": "1"])), .reply(.sample(201, "{")),
            .reply(.sample(201)),
        ] as [ScriptedTransport.Step]
    )
    func doubt(step: ScriptedTransport.Step) throws {
        let made = try Bench([step, .reply(.mappings(("email", "${providerAttributes.email}")))])
        #expect(try made.create() == .created)
        #expect(made.wire.methods == ["POST", "GET"])

        let notMade = try Bench([step, .reply(.mappings()), .reply(.created)])
        #expect(try notMade.create() == .created)
        #expect(notMade.wire.methods == ["POST", "GET", "POST"])

        let other = try Bench([step, .reply(.mappings(("email", "${providerAttributes.name}")))])
        #expect(try other.create() == .different)
    }

    @Test("a doubt that no reading settles stays one, without a second POST")
    func unsettled() throws {
        let bench = try Bench(
            [.failure(.inDoubt(reason: "h:443: reset"))] + Array(repeating: .reply(.sample(500)), count: 3)
        )
        let problem = RowProblem(code: "NO_ANSWER", detail: "h:443: reset, read-back: HTTP 500")
        #expect(try bench.create() == .unsettled(problem))
        #expect(bench.wire.methods == ["POST", "GET", "GET", "GET"])
    }

    @Test("no more POSTs than --attempts")
    func attempts() throws {
        let bench = try Bench(
            Array(repeating: [.reply(.sample(500)), .reply(.mappings())], count: 3).flatMap(\.self)
                + Array(repeating: .reply(.mappings()), count: 2)
        )
        #expect(try bench.create() == .failed(RowProblem(httpStatus: 500)))
        #expect(bench.wire.methods == ["POST", "GET", "POST", "GET", "POST", "GET", "GET", "GET"])
    }

    @Test("what never left needs no reading")
    func neverSent() throws {
        let refused = ScriptedTransport.Step.failure(.neverSent(reason: "h:443: refused"))
        let bench = try Bench([refused, .reply(.created)])
        #expect(try bench.create() == .created)
        let gone = try Bench([refused, refused, refused])
        #expect(try gone.create() == .failed(RowProblem(code: "NOT_SENT", detail: "h:443: refused")))
        #expect(gone.wire.methods == ["POST", "POST", "POST"])
    }

    @Test("401 and 429 did nothing, so the POST is sent again", arguments: [401, 429])
    func didNothing(status: Int) throws {
        let bench = try Bench([.reply(.sample(status)), .reply(.created)])
        #expect(try bench.create() == .created)
        #expect(bench.wire.methods == ["POST", "POST"])
    }

    @Test(
        "a name that is taken is looked at again",
        arguments: [
            .problem(409, "CONFLICT"), .problem(400, "INVALID_DATA", detail: "UNIQUENESS_VIOLATION"),
        ] as [HTTPResponse]
    )
    func conflict(answer: HTTPResponse) throws {
        let same = try Bench([.reply(answer), .reply(.mappings(("email", "${providerAttributes.email}")))])
        #expect(try same.create() == .same)
        let other = try Bench([.reply(answer), .reply(.mappings(("email", "${providerAttributes.name}")))])
        #expect(try other.create() == .different)
        let none = try Bench([.reply(answer)] + Array(repeating: .reply(.mappings()), count: 3))
        #expect(try none.create() == .refused(RowProblem(APIProblem(answer))))
        #expect(none.wire.methods == ["POST", "GET", "GET", "GET"], "what was made just now may not be shown yet")
        let unread = try Bench([.reply(answer), .reply(.sample(404))])
        guard case .unsettled(let problem) = try unread.create() else {
            Issue.record("not unsettled")
            return
        }
        #expect(problem.summary.hasSuffix("read-back: HTTP 404"))
    }

    @Test("a name that is taken after a lost reply is our own")
    func ownConflict() throws {
        let bench = try Bench([
            .reply(.sample(500)), .reply(.mappings()), .reply(.sample(409)),
            .reply(.mappings(("email", "${providerAttributes.email}"))),
        ])
        #expect(try bench.create() == .created)
    }

    @Test("a list that is late is read again after such a conflict, and proves nothing", arguments: 0...4)
    func lateList(late: Int) throws {
        let lost = ScriptedTransport.Step.reply(.sample(500))
        let mappings = ScriptedTransport.Step.reply(.mappings(("email", "${providerAttributes.email}")))
        let empty = ScriptedTransport.Step.reply(.mappings())
        let conflict = late > 0 ? [empty, .reply(.problem(409, "CONFLICT"))] : []
        let again = Array(repeating: empty, count: max(0, min(late - 1, 3)))
        let bench = try Bench([lost] + conflict + again + (late < 4 ? [mappings] : []))
        let result = try bench.create()
        if late < 4 {
            #expect(result == .created)
        } else {
            guard case .unsettled = result else {
                Issue.record("\(String(describing: result))")
                return
            }
        }
        #expect(bench.wire.stepsLeft == 0)
    }

    @Test("one refusal does not keep the others back, and says nothing of the message")
    func refused() throws {
        let answer = HTTPResponse.problem(400, "INVALID_DATA", detail: "INVALID_VALUE")
        let bench = try Bench([.reply(answer), .reply(.created)])
        let results = try bench.create("title", "email")
        let problem = RowProblem(
            httpStatus: 400,
            code: "INVALID_DATA",
            detail: "INVALID_VALUE (externalId)",
            errorID: "e-1"
        )
        #expect(results == [.refused(problem), .created])
        #expect(bench.delivery.control.reason == nil)
    }

    @Test("without permission for one there is none for the others")
    func forbidden() throws {
        let bench = try Bench([.reply(.created), .reply(.problem(403, "ACCESS_FAILED"))])
        let problem = APIProblem(status: 403, code: "ACCESS_FAILED", id: "e-1")
        #expect(try bench.create("title", "email", "nickname") == [.created, .refused(RowProblem(problem)), .unsent])
        #expect(bench.delivery.control.reason == .forbiddenMappings(problem))
    }

    @Test("a signal lets nothing new begin")
    func signal() throws {
        let control = RunControl()
        let wire = ScriptedTransport([.reply(.created)]) { _ in control.stop(.signal(15)) }
        #expect(try Bench(wire, control: control).create("title", "email") == [.created, .unsent])
    }

    @Test("a signal after a lost reply leaves it open")
    func signalInDoubt() throws {
        let control = RunControl()
        let wire = ScriptedTransport([.reply(.sample(500))]) { _ in control.stop(.signal(15)) }
        #expect(try Bench(wire, control: control).create() == .unsettled(RowProblem(httpStatus: 500)))
    }

    // MARK: Changing

    @Test("what differs is changed only when that is asked for")
    func change() throws {
        #expect(try Bench([]).change(false) == .different)
        let bench = try Bench([.reply(.sample(200, #"{"id":"m-email"}"#))])
        #expect(try bench.change() == .changed)
        let request = try #require(bench.wire.requests.first)
        #expect(request.method == .put)
        #expect(request.url == "\(Self.provider)/attributes/m-email")
        #expect(
            request.body.map { String(decoding: $0, as: UTF8.self) }
                == #"{"name":"email","update":"ALWAYS","value":"${providerAttributes.email}"}"#
        )
    }

    @Test("a PUT may be repeated")
    func changeAgain() throws {
        let bench = try Bench([
            .failure(.inDoubt(reason: "h:443: reset")), .reply(.sample(200)),
            .reply(.sample(200, #"{"id":"m-email"}"#)),
        ])
        #expect(try bench.change() == .changed)
        #expect(bench.wire.methods == ["PUT", "PUT", "PUT"])
    }

    @Test("a change that was refused, or nobody knows of")
    func notChanged() throws {
        #expect(try Bench([.reply(.sample(404))]).change() == .refused(RowProblem(httpStatus: 404)))
        let lost = Array(repeating: ScriptedTransport.Step.reply(.sample(500)), count: 3)
        #expect(try Bench(lost).change() == .unsettled(RowProblem(httpStatus: 500)))
        let refusal = HTTPResponse.problem(403, "ACCESS_FAILED")
        let forbidden = try Bench([.reply(refusal)])
        #expect(try forbidden.change() == .refused(RowProblem(APIProblem(refusal))))
        #expect(forbidden.delivery.control.reason == .forbiddenMappings(APIProblem(refusal)))
        let denied = try Bench([.reply(.sample(401)), .reply(.sample(401))])
        #expect(try denied.change() == .unsent)
    }
}

extension HTTPResponse {
    /// An identity provider's mappings, all of them EMPTY_ONLY, and where the list goes on.
    fileprivate static func mappings(_ mappings: (name: String, value: String)..., next: String? = nil) -> HTTPResponse
    {
        let entries = mappings.map {
            #"{"id":"m-\#($0.name)","name":"\#($0.name)","value":"\#($0.value)","update":"EMPTY_ONLY"}"#
        }
        let links = next.map { #""_links":{"next":{"href":"\#($0)"}},"# } ?? ""
        return sample(200, #"{\#(links)"_embedded":{"attributes":[\#(entries.joined(separator: ","))]}}"#)
    }
}
