import Pacing
import PingOneAPI
import TestKit
import Testing

@Suite("One access token for many threads")
struct TokenSourceTests {
    private let time = HandTime()

    private static func token(_ text: String, lifetime: Duration? = .seconds(600)) -> ScriptedFetch.Step {
        { FetchedToken(value: Secret(text), lifetime: lifetime) }
    }

    private static func token(_ text: String, behind gate: Gate) -> ScriptedFetch.Step {
        {
            gate.pass()
            return FetchedToken(value: Secret(text), lifetime: .seconds(600))
        }
    }

    private static let failure: ScriptedFetch.Step = { throw ScriptedFetch.Failed() }

    private func source(_ fetch: ScriptedFetch) -> TokenSource {
        TokenSource(time: time) { _ in try fetch.fetch() }
    }

    private func access(_ text: String, _ generation: Int) -> AccessToken {
        AccessToken(value: Secret(text), generation: generation)
    }

    /// What one thread gets, a failure told from a token.
    private func ask(_ source: TokenSource) async -> AccessToken? {
        await onThread { try? source.token() }
    }

    /// What many threads get that ask at the same time.
    private func ask(_ source: TokenSource, threads: Int) async -> [AccessToken?] {
        await withTaskGroup(of: AccessToken?.self) { group in
            for _ in 0..<threads { group.addTask { await ask(source) } }
            return await group.reduce(into: []) { $0.append($1) }
        }
    }

    @Test("nothing is fetched before somebody asks")
    func lazy() {
        let fetch = ScriptedFetch([])
        _ = source(fetch)
        #expect(fetch.count == 0)
    }

    @Test("many threads at the start share one fetch", arguments: 0..<100)
    func start(round: Int) async {
        let fetch = ScriptedFetch([Self.token("a")])
        let tokens = await ask(source(fetch), threads: 16)
        #expect(tokens == Array(repeating: access("a", 1), count: 16))
        #expect(fetch.count == 1)
    }

    @Test("many threads at the token's end share one fetch", arguments: 0..<100)
    func end(round: Int) async {
        let fetch = ScriptedFetch([Self.token("a"), Self.token("b")])
        let source = source(fetch)
        #expect(await ask(source) == access("a", 1))
        time.advance(by: .seconds(600))
        let tokens = await ask(source, threads: 16)
        #expect(tokens == Array(repeating: access("b", 2), count: 16))
        #expect(fetch.count == 2)
    }

    @Test(
        "is renewed two minutes before its end, or after four fifths of a short life",
        arguments: [(3600, 3480), (600, 480), (100, 80), (1, 1)]
    )
    func renewalTime(lifetime: Int, renewal: Int) async {
        let fetch = ScriptedFetch([Self.token("a", lifetime: .seconds(lifetime)), Self.token("b")])
        let source = source(fetch)
        #expect(await ask(source) == access("a", 1))
        time.advance(by: .seconds(renewal) - .milliseconds(lifetime == 1 ? 201 : 1))
        #expect(await ask(source) == access("a", 1))
        time.advance(by: .milliseconds(1))
        #expect(await ask(source) == access("b", 2))
        #expect(await ask(source) == access("b", 2))
        #expect(fetch.count == 2)
    }

    @Test("while one thread renews it early, the others go on with the old one")
    func earlyRenewal() async {
        let gate = Gate()
        let fetch = ScriptedFetch([Self.token("a"), Self.token("b", behind: gate), Self.token("c")])
        let source = source(fetch)
        #expect(await ask(source) == access("a", 1))
        time.advance(by: .seconds(480))
        async let renewing = ask(source)
        await gate.arrival()
        #expect(await ask(source, threads: 8) == Array(repeating: access("a", 1), count: 8))
        gate.open()
        #expect(await renewing == access("b", 2))
        #expect(await ask(source) == access("b", 2))
        #expect(fetch.count == 2)

        time.advance(by: .seconds(480))
        #expect(await ask(source) == access("c", 3))
    }

    @Test("once it has expired, all wait for the new one, also when it is being renewed already")
    func expired() async {
        let gate = Gate()
        let fetch = ScriptedFetch([Self.token("a"), Self.token("b", behind: gate)])
        let source = source(fetch)
        #expect(await ask(source) == access("a", 1))
        time.advance(by: .seconds(480))
        async let renewing = ask(source)
        await gate.arrival()
        time.advance(by: .seconds(120))
        let finished = Counter()
        async let waiting = withTaskGroup(of: AccessToken?.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    let token = await ask(source)
                    finished.next()
                    return token
                }
            }
            return await group.reduce(into: [AccessToken?]()) { $0.append($1) }
        }
        #expect(finished.value == 0)
        gate.open()
        #expect(await renewing == access("b", 2))
        #expect(await waiting == Array(repeating: access("b", 2), count: 8))
        #expect(fetch.count == 2)
    }

    @Test("whoever was refused with an older token gets the newer one without a fetch")
    func olderGeneration() async throws {
        let fetch = ScriptedFetch([Self.token("a"), Self.token("b"), Self.token("c")])
        let source = source(fetch)
        let first = try #require(await ask(source))
        #expect(await onThread { try? source.renew(after: first) } == access("b", 2))
        #expect(await onThread { try? source.renew(after: first) } == access("b", 2))
        #expect(await onThread { try? source.renew(after: nil) } == access("b", 2))
        #expect(fetch.count == 2)
        let second = access("b", 2)
        #expect(await onThread { try? source.renew(after: second) } == access("c", 3))
        #expect(await ask(source) == access("c", 3))
        #expect(fetch.count == 3)
    }

    @Test("many threads that were refused with the same token share one fetch", arguments: 0..<20)
    func refusedTogether(round: Int) async throws {
        let fetch = ScriptedFetch([Self.token("a"), Self.token("b")])
        let source = source(fetch)
        let first = try #require(await ask(source))
        let tokens = await withTaskGroup(of: AccessToken?.self) { group in
            for _ in 0..<16 { group.addTask { await onThread { try? source.renew(after: first) } } }
            return await group.reduce(into: [AccessToken?]()) { $0.append($1) }
        }
        #expect(tokens == Array(repeating: access("b", 2), count: 16))
        #expect(fetch.count == 2)
    }

    @Test("a refusal during an early renewal waits for that renewal")
    func refusedDuringRenewal() async throws {
        let gate = Gate()
        let fetch = ScriptedFetch([Self.token("a"), Self.token("b", behind: gate)])
        let source = source(fetch)
        let first = try #require(await ask(source))
        time.advance(by: .seconds(480))
        async let renewing = ask(source)
        await gate.arrival()
        async let refused = onThread { try? source.renew(after: first) }
        gate.open()
        #expect(await renewing == access("b", 2))
        #expect(await refused == access("b", 2))
        #expect(fetch.count == 2)
    }

    @Test("an early renewal that fails keeps the old token, and is tried again ten seconds later")
    func failingEarlyRenewal() async {
        let fetch = ScriptedFetch([Self.token("a"), Self.failure, Self.failure, Self.token("b")])
        let source = source(fetch)
        #expect(await ask(source) == access("a", 1))
        time.advance(by: .seconds(480))
        #expect(await ask(source) == access("a", 1))
        #expect(fetch.count == 2)
        time.advance(by: .seconds(9))
        #expect(await ask(source) == access("a", 1))
        #expect(fetch.count == 2)
        time.advance(by: .seconds(1))
        #expect(await ask(source) == access("a", 1))
        #expect(fetch.count == 3)
        time.advance(by: .seconds(10))
        #expect(await ask(source) == access("b", 2))
    }

    @Test("the ten seconds begin when the renewal has failed, however long that took")
    func slowFailure() async {
        let time = time
        let slow: ScriptedFetch.Step = {
            time.advance(by: .seconds(30))
            throw ScriptedFetch.Failed()
        }
        let fetch = ScriptedFetch([Self.token("a"), slow, Self.token("b")])
        let source = source(fetch)
        #expect(await ask(source) == access("a", 1))
        time.advance(by: .seconds(480))
        #expect(await ask(source) == access("a", 1))
        #expect(await ask(source) == access("a", 1))
        #expect(fetch.count == 2)
        time.advance(by: .seconds(10))
        #expect(await ask(source) == access("b", 2))
    }

    @Test("an early renewal that fails only after the token's end fails")
    func renewalOutlivesToken() async {
        let time = time
        let tooSlow: ScriptedFetch.Step = {
            time.advance(by: .seconds(120))
            throw ScriptedFetch.Failed()
        }
        let fetch = ScriptedFetch([Self.token("a"), tooSlow])
        let source = source(fetch)
        #expect(await ask(source) == access("a", 1))
        time.advance(by: .seconds(480))
        #expect(await onThread { Result { try source.token() } }.failure is ScriptedFetch.Failed)
    }

    @Test("without a token that holds, the failure is thrown, and the next one asks again")
    func failing() async {
        let fetch = ScriptedFetch([Self.failure, Self.token("a"), Self.failure, Self.token("b")])
        let source = source(fetch)
        #expect(await onThread { Result { try source.token() } }.failure is ScriptedFetch.Failed)
        #expect(await ask(source) == access("a", 1))
        time.advance(by: .seconds(600))
        #expect(await onThread { Result { try source.token() } }.failure is ScriptedFetch.Failed)
        #expect(await ask(source) == access("b", 2))
    }

    @Test("a renewal after a refusal that fails leaves the old token for those who have no better one")
    func failingRenewal() async throws {
        let fetch = ScriptedFetch([Self.token("a"), Self.failure])
        let source = source(fetch)
        let first = try #require(await ask(source))
        #expect(await onThread { Result { try source.renew(after: first) } }.failure is ScriptedFetch.Failed)
        #expect(await ask(source) == first)
    }

    @Test(
        "a token whose life nobody named, or whose life is endless, is kept",
        arguments: [nil, Duration.seconds(Int64.max)]
    )
    func endless(lifetime: Duration?) async {
        let fetch = ScriptedFetch([Self.token("a", lifetime: lifetime)])
        let source = source(fetch)
        #expect(await ask(source) == access("a", 1))
        time.advance(by: .seconds(10 * 365 * 86_400))
        #expect(await ask(source) == access("a", 1))
    }
}

extension Result {
    fileprivate var failure: Failure? {
        if case .failure(let error) = self { error } else { nil }
    }
}
