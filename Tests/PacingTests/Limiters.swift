import SeededRandom

@testable import Pacing

/// How a server counts requests against its limit.
indirect enum Counting: CustomStringConvertible, Sendable {
    /// Refills evenly and holds so many seconds' worth.
    case bucket(burst: Double)
    /// Refills evenly and holds so many requests: gateways, nginx `burst=20 nodelay`.
    case tokens(Double)
    /// Is filled by a timer, ten times a second, and holds so many seconds' worth.
    case timedBucket(burst: Double)
    /// Windows of so many seconds that begin at a multiple of their length, plus an offset.
    case fixedWindow(length: Double = 1, offset: Double = 0.3)
    /// The last seconds before each request.
    case slidingWindow(length: Double = 1)
    /// The window that runs and the one before it, which counts as far as it reaches into the last seconds: Cloudflare, Kong.
    case weightedWindows(length: Double)
    /// Four nodes of this kind that have a quarter of the limit each; chance decides which one a request meets.
    case fourNodes(Counting)

    var description: String {
        switch self {
        case .bucket(let burst): "token bucket \(burst)×"
        case .tokens(let count): "token bucket of \(Int(count))"
        case .timedBucket(let burst): "bucket filled each 100 ms \(burst)×"
        case .fixedWindow(let length, _): "fixed window \(Int(length)) s"
        case .slidingWindow(let length): "sliding window \(Int(length)) s"
        case .weightedWindows(let length): "weighted windows \(Int(length)) s"
        case .fourNodes(let kind): "four nodes, \(kind)"
        }
    }

    /// How many requests are let through at once.
    func burst(at limit: Double) -> Double {
        switch self {
        case .bucket(let burst), .timedBucket(let burst): burst * limit
        case .tokens(let count): count
        case .fixedWindow(let length, _), .slidingWindow(let length), .weightedWindows(let length): length * limit
        case .fourNodes(let kind): 4 * kind.burst(at: limit / 4)
        }
    }
}

/// The `Retry-After` that a server sends with a refusal.
enum RetryAfterHeader: CustomStringConvertible, Sendable {
    case none
    case seconds(Int)
    /// Whole seconds to the end of the window; of a bucket, to its next token.
    case untilPermitted

    var description: String {
        switch self {
        case .none: "no Retry-After"
        case .seconds(let seconds): "Retry-After \(seconds)"
        case .untilPermitted: "Retry-After to the end"
        }
    }
}

/// A server that permits so many requests per second and refuses the others with 429.
struct LimitedServer: ServerModel {
    private let retryAfter: RetryAfterHeader
    /// Requests per second permitted at a time.
    private let limit: (Double) -> Double
    private var nodes: [Limiter]
    private var random = SplitMix64(seed: 4)

    init(_ counting: Counting, retryAfter: RetryAfterHeader, limit: @escaping (Double) -> Double) {
        self.retryAfter = retryAfter
        self.limit = limit
        nodes =
            if case .fourNodes(let kind) = counting {
                (0..<4).map { _ in Limiter(kind) }
            } else {
                [Limiter(counting)]
            }
    }

    mutating func reply(at now: Double) -> (reply: ServerReply, after: Double) {
        let node = nodes.count == 1 ? 0 : Int.random(in: nodes.indices, using: &random)
        guard let wait = nodes[node].refuses(at: now, limit: limit(now) / Double(nodes.count)) else {
            return (.answer, 0)
        }
        let header: Duration? =
            switch retryAfter {
            case .none: nil
            case .seconds(let seconds): .seconds(seconds)
            case .untilPermitted: .seconds(Int(wait.rounded(.up)))
            }
        return (.refusal(retryAfter: header), 0)
    }
}

/// One counter. What it refuses costs nothing.
private struct Limiter {
    private let counting: Counting
    private var tokens: Double?
    private var updated = 0.0
    private var window = Int.min
    private var inWindow = 0.0
    private var inWindowBefore = 0.0
    private var admitted: [Double] = []
    private var head = 0

    init(_ counting: Counting) {
        self.counting = counting
    }

    /// - Returns: nil if the request is let through, else the seconds until one would be.
    mutating func refuses(at now: Double, limit: Double) -> Double? {
        switch counting {
        case .bucket, .tokens: takeToken(at: now, limit: limit)
        case .timedBucket: takeToken(at: (now * 10).rounded(.down) / 10, limit: limit)
        case .fixedWindow(let length, let offset):
            count(at: now + offset, length: length, limit: limit, weightOfBefore: 0)
        case .weightedWindows(let length): count(at: now, length: length, limit: limit, weightOfBefore: 1)
        case .slidingWindow(let length): countBack(at: now, length: length, limit: limit)
        case .fourNodes: preconditionFailure("nodes are not nested")
        }
    }

    private mutating func takeToken(at now: Double, limit: Double) -> Double? {
        let size = max(1, counting.burst(at: limit))
        let filled = min(size, (tokens ?? size) + (now - updated) * limit)
        updated = now
        tokens = filled >= 1 ? filled - 1 : filled
        return filled >= 1 ? nil : (1 - filled) / limit
    }

    private mutating func count(at now: Double, length: Double, limit: Double, weightOfBefore: Double) -> Double? {
        let current = Int(now / length)
        if current != window {
            inWindowBefore = current == window + 1 ? inWindow : 0
            inWindow = 0
            window = current
        }
        let left = Double(current + 1) * length - now
        guard inWindow + weightOfBefore * inWindowBefore * left / length < limit * length else { return left }
        inWindow += 1
        return nil
    }

    private mutating func countBack(at now: Double, length: Double, limit: Double) -> Double? {
        while head < admitted.count, admitted[head] <= now - length {
            head += 1
        }
        guard Double(admitted.count - head) < limit * length else { return admitted[head] + length - now }
        admitted.append(now)
        return nil
    }
}
