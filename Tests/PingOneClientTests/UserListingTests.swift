import HTTPTransport
import ImportTestKit
import Pacing
import PingOneAPI
import TestKit
import Testing

@testable import PingOneClient

@Suite("The list of all users")
struct UserListingTests {
    private static let users = "https://api.pingone.com/v1/environments/\(SampleIDs.environment)/users"

    private static func page(_ numbers: Int..., count: Int? = nil, next: Int? = nil) -> ScriptedTransport.Step {
        let entries = numbers.map { #"{"id":"\#(SampleIDs.user($0))"}"# }.joined(separator: ",")
        let links = next.map { #""_links":{"next":{"href":"\#(users)?cursor=\#($0)"}},"# } ?? ""
        let count = count.map { #","count":\#($0)"# } ?? ""
        return .reply(.sample(200, #"{\#(links)"_embedded":{"users":[\#(entries)]}\#(count)}"#))
    }

    private func listing(_ steps: [ScriptedTransport.Step]) throws -> (UserListing, ClientBench<ScriptedTransport>) {
        let bench = try ClientBench(ScriptedTransport(steps))
        return (UserListing(caller: bench.caller, session: bench.session), bench)
    }

    private enum End: Equatable {
        case found(Bool), unavailable(String), stopped
    }

    private func read(_ steps: [ScriptedTransport.Step], pages most: Int = .max) throws
        -> (users: [String], end: End, urls: [String])
    {
        let (listing, bench) = try listing(steps)
        var users: [String] = []
        var pages = 0
        let end: End =
            switch listing.read({
                users += $0.map(\.id)
                pages += 1
                return pages < most
            }) {
            case .found(let isWhole): .found(isWhole)
            case .unavailable(let reason): .unavailable(reason)
            case .stopped: .stopped
            }
        #expect(bench.wire.stepsLeft == 0)
        return (users, end, bench.wire.requests.map { String($0.url.dropFirst(Self.users.count)) })
    }

    @Test("page by page, a thousand at a time, to its end")
    func pages() throws {
        let (users, end, urls) = try read([Self.page(1, 2, next: 2), Self.page(3, next: 3), Self.page()])
        #expect(users == [1, 2, 3].map(SampleIDs.user))
        #expect(end == .found(true))
        #expect(urls == ["?limit=1000", "?cursor=2", "?cursor=3"])
    }

    @Test("no further than it is asked for; the last page is the end in any case")
    func enough() throws {
        #expect(try read([Self.page(1, next: 2), Self.page(2, next: 3)], pages: 2).end == .found(false))
        #expect(try read([Self.page(1, next: 2), Self.page(2)], pages: 2).end == .found(true))
    }

    @Test(
        "a page that fails is read again, not those before it",
        arguments: [
            .reply(.problem(500, "UNEXPECTED_ERROR")), .failure(.inDoubt(reason: "reset")),
            .reply(.sample(429, "", headers: ["Retry-After": "7"])), .reply(.sample(200, #"{"_embedded":"#)),
            .reply(.sample(200, #"{"_embedded":{"users":[{"id":"1"}]}}"#)),
        ] as [ScriptedTransport.Step]
    )
    func resumed(failure: ScriptedTransport.Step) throws {
        let (users, end, urls) = try read([
            Self.page(1, next: 2), failure, Self.page(2, next: 3), failure, Self.page(3),
        ])
        #expect(users == [1, 2, 3].map(SampleIDs.user))
        #expect(end == .found(true))
        #expect(urls == ["?limit=1000", "?cursor=2", "?cursor=2", "?cursor=3", "?cursor=3"])
    }

    @Test("without an answer, refused, in circles or elsewhere there is no list")
    func none() throws {
        let failure = ScriptedTransport.Step.reply(.problem(500, "UNEXPECTED_ERROR"))
        #expect(
            try read([Self.page(1, next: 2), failure, failure, failure]).end
                == .unavailable("HTTP 500 UNEXPECTED_ERROR")
        )
        #expect(try read([.reply(.problem(403, "ACCESS_FAILED"))]).end == .unavailable("HTTP 403 ACCESS_FAILED"))
        let circles = End.unavailable("it goes in circles, or on to another server")
        #expect(try read([Self.page(1, next: 2), Self.page(2, next: 2)]).end == circles)
        let elsewhere =
            #"{"_links":{"next":{"href":"https://evil.test/v1/users?cursor=2"}},"_embedded":{"users":[]},"count":1}"#
        #expect(try read([.reply(.sample(200, elsewhere))]).end == circles)
    }

    @Test("how many there are, where that is said of all pages")
    func count() throws {
        func count(_ step: ScriptedTransport.Step) throws -> Int? {
            let (listing, bench) = try listing([step])
            guard case .found(let count) = listing.count() else {
                Issue.record("not answered")
                return nil
            }
            #expect(bench.wire.requests.map(\.url) == [Self.users + "?limit=1"])
            return count
        }
        #expect(try count(Self.page(1, count: 5_000_000, next: 2)) == 5_000_000)
        #expect(try count(Self.page(1, count: 1)) == 1)
        #expect(try count(Self.page(count: 0)) == 0)
        #expect(try count(Self.page(1, next: 2)) == nil)
        #expect(try count(Self.page(1, count: 1, next: 2)) == nil, "that is the page's")
    }
}
