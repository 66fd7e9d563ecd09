/// A server that counts in some way, and the way to it: 40 ms there and back, and up to 10 ms more in each direction.
struct ServerKind: CustomStringConvertible, Sendable {
    /// How the limit moves.
    enum Course: Sendable {
        case steady
        /// To this multiple after 200 s.
        case times(Double)
    }

    var counting: Counting
    var retryAfter = RetryAfterHeader.seconds(1)
    /// Requests per second at the beginning.
    var limit: Double
    var course = Course.steady

    var description: String {
        let moves = if case .times(let factor) = course { ", ×\(factor) after 200 s" } else { "" }
        return "\(counting), \(retryAfter), \(Int(limit))/s\(moves)"
    }

    func limit(at now: Double) -> Double {
        if case .times(let factor) = course, now >= 200 { factor * limit } else { limit }
    }

    func meanLimit(over seconds: Double) -> Double {
        guard case .times(let factor) = course, seconds > 200 else { return limit }
        return limit * (200 + factor * (seconds - 200)) / seconds
    }

    var simulation: PacingSimulation {
        let server = LimitedServer(counting, retryAfter: retryAfter) { limit(at: $0) }
        return PacingSimulation(server: server, workers: limit > 400 ? 128 : 32, jitter: 0.01)
    }

    static let buckets: [Counting] = [
        .tokens(2), .tokens(10), .tokens(20), .tokens(50), .bucket(burst: 1), .timedBucket(burst: 0.2),
        .timedBucket(burst: 1),
    ]
    static let windows: [Counting] =
        [1, 10, 60].flatMap {
            [.fixedWindow(length: $0, offset: $0 / 3), .slidingWindow(length: $0)]
        } + [.weightedWindows(length: 10), .weightedWindows(length: 60)]
    static let nodes: [Counting] = [.fourNodes(.bucket(burst: 1)), .fourNodes(.tokens(20)), .fourNodes(.fixedWindow())]

    static let all: [ServerKind] = {
        let headers: [RetryAfterHeader] = [.seconds(1), .none, .untilPermitted]
        var kinds: [ServerKind] = []
        for counting in buckets + windows + nodes {
            for limit in [10.0, 20, 100, 400, 1_000] {
                for header in headers {
                    kinds.append(ServerKind(counting: counting, retryAfter: header, limit: limit))
                }
            }
            for factor in [0.5, 2] {
                kinds.append(ServerKind(counting: counting, limit: 100, course: .times(factor)))
            }
        }
        return kinds
    }()
}
