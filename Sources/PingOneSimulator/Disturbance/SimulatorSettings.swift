/// What can be changed while the simulator runs: limits, delays and faults.
package struct SimulatorSettings: Equatable, Sendable {
    /// Why settings cannot be taken.
    package enum Mistake: Error, Equatable, Sendable, CustomStringConvertible {
        case notAnObject
        case unknownName(String)
        case wrongValue(name: String, expected: String)
        case faults(FaultPlan.Mistake)

        package var description: String {
            switch self {
            case .notAnObject: "The settings must be a JSON object."
            case .unknownName(let name):
                "No setting is called \"\(name)\"; there are \(SimulatorSettings.names.joined(separator: ", "))."
            case .wrongValue(let name, let expected): "\(name) must be \(expected)."
            case .faults(let mistake): mistake.description
            }
        }
    }

    /// API requests let through each second; nil: no limit.
    package var rateLimit: Double?
    /// API requests let through at once; nil: as many as in one second, at least 1.
    package var burst: Double?
    /// How requests are counted against the rate limit.
    package var limiter = Limiter.bucket
    /// The length of a window in seconds; a bucket has none.
    package var window = 1.0
    /// Seconds in the `Retry-After` of 429 and 503; 0: no such header.
    package var retryAfter = 1
    /// How long an answer of the API is held back.
    package var latency: Duration = .zero
    /// Up to how much longer it is held back, evenly distributed.
    package var jitter: Duration = .zero
    /// By how much lists of links and of attribute mappings are late: they do not show what was made since, and still show
    /// links that were removed since. What is asked for by its id is never late, nor are the rules.
    package var listLag: Duration = .zero
    package var faults: FaultPlan = .none
    /// 401 or 403: the API answers every request with it.
    package var deny: Int?

    package init() {}

    private static let names = [
        "rateLimit", "burst", "limiter", "window", "retryAfter", "latencyMilliseconds", "jitterMilliseconds",
        "listLagMilliseconds", "faults", "deny",
    ]

    /// - Throws: if a value is out of its range.
    package func validate() throws(Mistake) {
        guard rateLimit ?? 1 > 0, (rateLimit ?? 1).isFinite else {
            throw .wrongValue(name: "rateLimit", expected: "a number above 0")
        }
        guard burst ?? 1 >= 1, (burst ?? 1).isFinite else {
            throw .wrongValue(name: "burst", expected: "a number from 1")
        }
        guard window > 0, window <= 86_400 else {
            throw .wrongValue(name: "window", expected: "a number of seconds above 0")
        }
        guard retryAfter >= 0 else { throw .wrongValue(name: "retryAfter", expected: "a whole number from 0") }
        guard latency >= .zero else { throw .wrongValue(name: "latencyMilliseconds", expected: "a number from 0") }
        guard jitter >= .zero else { throw .wrongValue(name: "jitterMilliseconds", expected: "a number from 0") }
        guard listLag >= .zero else { throw .wrongValue(name: "listLagMilliseconds", expected: "a number from 0") }
        guard [nil, 401, 403].contains(deny) else { throw .wrongValue(name: "deny", expected: "401, 403 or null") }
    }

    /// The rate limit with a full bucket or an empty window; nil without one.
    func makeRateLimit(at now: ContinuousClock.Instant) -> RateLimit? {
        rateLimit.map { RateLimit(limiter, perSecond: $0, burst: burst ?? max(1, $0), window: window, at: now) }
    }
}

extension SimulatorSettings {
    /// Takes over what `json` names and leaves the rest; in case of a mistake nothing changes.
    mutating func change(by json: JSON?) throws(Mistake) {
        guard case .object(let members) = json else { throw .notAnObject }
        var changed = self
        for member in members { try changed.set(member.name, to: member.value) }
        try changed.validate()
        self = changed
    }

    private mutating func set(_ name: String, to value: JSON) throws(Mistake) {
        switch name {
        case "rateLimit": rateLimit = try Self.number(value, name, "a number above 0, or null for no limit")
        case "burst": burst = try Self.number(value, name, "a number from 1, or null for one second's worth")
        case "limiter":
            guard let limiter = value.stringValue.flatMap({ Limiter(rawValue: $0) }) else {
                throw .wrongValue(name: name, expected: "\"bucket\", \"fixed\", \"sliding\" or \"weighted\"")
            }
            self.limiter = limiter
        case "window":
            guard let seconds = value.numberValue else {
                throw .wrongValue(name: name, expected: "a number of seconds above 0")
            }
            window = seconds
        case "retryAfter":
            guard case .integer(let seconds) = value else {
                throw .wrongValue(name: name, expected: "a whole number from 0")
            }
            retryAfter = seconds
        case "latencyMilliseconds": latency = try Self.milliseconds(value, name)
        case "jitterMilliseconds": jitter = try Self.milliseconds(value, name)
        case "faults":
            guard let text = value.stringValue else {
                throw .wrongValue(name: name, expected: "a text such as \"stall=0.01\"")
            }
            do { faults = try FaultPlan(text) } catch { throw .faults(error) }
        case "listLagMilliseconds": listLag = try Self.milliseconds(value, name)
        case "deny":
            switch value {
            case .null: deny = nil
            case .integer(let status): deny = status
            default: throw .wrongValue(name: name, expected: "401, 403 or null")
            }
        default: throw .unknownName(name)
        }
    }

    private static func number(_ value: JSON, _ name: String, _ expected: String) throws(Mistake) -> Double? {
        if value == .null { return nil }
        guard let number = value.numberValue else { throw .wrongValue(name: name, expected: expected) }
        return number
    }

    private static func milliseconds(_ value: JSON, _ name: String) throws(Mistake) -> Duration {
        guard let number = value.numberValue, (0...86_400_000).contains(number) else {
            throw .wrongValue(name: name, expected: "a number from 0 to 86400000")
        }
        return .seconds(number / 1000)
    }

    /// As `GET /_simulator` shows them.
    var json: JSON {
        [
            "rateLimit": rateLimit.map(JSON.number) ?? .null,
            "burst": burst.map(JSON.number) ?? .null,
            "limiter": .string(limiter.rawValue),
            "window": .number(window),
            "retryAfter": .integer(retryAfter),
            "latencyMilliseconds": .number(latency / .milliseconds(1)),
            "jitterMilliseconds": .number(jitter / .milliseconds(1)),
            "listLagMilliseconds": .number(listLag / .milliseconds(1)),
            "faults": .string(faults.description),
            "deny": deny.map(JSON.integer) ?? .null,
        ]
    }
}
