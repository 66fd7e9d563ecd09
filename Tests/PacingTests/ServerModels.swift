import SeededRandom

/// What a simulated server does with a request that reaches it.
enum ServerReply {
    case answer
    case refusal(retryAfter: Duration?)
    case silence
}

/// A server in simulated time; `now` is in seconds since the run began and never goes back.
protocol ServerModel {
    /// - Returns: the reply, and the seconds until it is on its way back.
    mutating func reply(at now: Double) -> (reply: ServerReply, after: Double)
}

/// A server without a limit that works off one request after the other: beyond its capacity only latency grows.
struct QueueingServer: ServerModel {
    let capacity: Double
    private var freeAt = 0.0

    init(capacity: Double) {
        self.capacity = capacity
    }

    mutating func reply(at now: Double) -> (reply: ServerReply, after: Double) {
        freeAt = max(freeAt, now) + 1 / capacity
        return (.answer, freeAt - now)
    }
}

/// A server that takes every request and never says a word.
struct SilentServer: ServerModel {
    mutating func reply(at now: Double) -> (reply: ServerReply, after: Double) {
        (.silence, 0)
    }
}

/// A server without a limit that fails now and then, whatever the rate.
struct FlakyServer: ServerModel {
    /// The shares of requests that meet a 429 with `Retry-After: 1`, and of those that are never answered.
    let refused: Double
    let silent: Double
    var random: SplitMix64

    mutating func reply(at now: Double) -> (reply: ServerReply, after: Double) {
        let chance = Double.random(in: 0...1, using: &random)
        if chance < refused { return (.refusal(retryAfter: .seconds(1)), 0) }
        return (chance < refused + silent ? .silence : .answer, 0)
    }
}

/// A server before which some requests, chosen by chance, are held up: their sender had no time for them.
struct DelayedServer<Server: ServerModel>: ServerModel {
    var server: Server
    /// The share of requests, and the seconds.
    let share: Double
    let delay: Double
    var random = SplitMix64(seed: 1)

    mutating func reply(at now: Double) -> (reply: ServerReply, after: Double) {
        let (reply, after) = server.reply(at: now)
        return (reply, after + (Double.random(in: 0...1, using: &random) < share ? delay : 0))
    }
}

/// Another server, which refuses one request beside its limit, for longer than its own refusals last.
struct OnceRefusingServer<Server: ServerModel>: ServerModel {
    var server: Server
    /// Seconds since the run began, of the first request that may meet it.
    let at: Double
    let retryAfter: Duration
    private var isDone = false

    init(_ server: Server, at: Double, retryAfter: Duration) {
        self.server = server
        self.at = at
        self.retryAfter = retryAfter
    }

    mutating func reply(at now: Double) -> (reply: ServerReply, after: Double) {
        guard !isDone, now >= at else { return server.reply(at: now) }
        isDone = true
        return (.refusal(retryAfter: retryAfter), 0)
    }
}
