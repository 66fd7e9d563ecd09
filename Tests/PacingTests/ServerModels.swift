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

/// How a server counts requests against its limit.
enum Counting: CustomStringConvertible, Sendable {
    /// Refills evenly and holds so many seconds' worth.
    case bucket(burst: Double)
    /// Windows of one second that begin at a full second, plus an offset.
    case fixedWindow(offset: Double)
    /// The last second before each request.
    case slidingWindow

    var description: String {
        switch self {
        case .bucket(let burst): "token bucket \(burst)×"
        case .fixedWindow: "fixed window"
        case .slidingWindow: "sliding window"
        }
    }
}

/// A server that permits so many requests per second and refuses the others with 429.
struct LimitedServer: ServerModel {
    let counting: Counting
    let retryAfter: Duration?
    /// Requests per second permitted at a time.
    let limit: (Double) -> Double

    private var tokens: Double?
    private var updated = 0.0
    private var window = -1
    private var inWindow = 0
    private var lastSecond: [Double] = []
    private var head = 0

    init(_ counting: Counting, retryAfter: Duration?, limit: @escaping (Double) -> Double) {
        self.counting = counting
        self.retryAfter = retryAfter
        self.limit = limit
    }

    mutating func reply(at now: Double) -> (reply: ServerReply, after: Double) {
        admits(at: now, limit: limit(now)) ? (.answer, 0) : (.refusal(retryAfter: retryAfter), 0)
    }

    private mutating func admits(at now: Double, limit: Double) -> Bool {
        switch counting {
        case .bucket(let burst):
            let filled = min(burst * limit, (tokens ?? burst * limit) + (now - updated) * limit)
            updated = now
            tokens = filled >= 1 ? filled - 1 : filled
            return filled >= 1
        case .fixedWindow(let offset):
            let current = Int(now + offset)
            inWindow = current == window ? inWindow : 0
            window = current
            guard Double(inWindow) < limit else { return false }
            inWindow += 1
            return true
        case .slidingWindow:
            while head < lastSecond.count, lastSecond[head] <= now - 1 {
                head += 1
            }
            guard Double(lastSecond.count - head) < limit else { return false }
            lastSecond.append(now)
            return true
        }
    }
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
