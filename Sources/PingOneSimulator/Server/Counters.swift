/// What the simulator has done so far, in numbers.
package struct Counters: Equatable, Sendable {
    /// API requests by method and kind of resource: `POST linkedAccounts`. Requests for tokens are counted apart.
    package var requests: [String: Int] = [:]
    /// Answers by status; requests that were reset or left without an answer are in `faults` only.
    package var statuses: [Int: Int] = [:]
    /// Faults that were planned and have happened.
    package var faults: [Fault: Int] = [:]
    package var tokensIssued = 0
    package var tokensRefused = 0
    /// Requests refused because of `UNIQUENESS_VIOLATION`.
    package var duplicatesRefused = 0
    /// Answers with status 429, by the rate limit and by faults.
    package var throttled = 0

    /// All API requests.
    package var totalRequests: Int { requests.values.reduce(0, +) }

    var json: JSON {
        .object([
            .init(name: "requests", value: .integer(totalRequests)),
            .init(name: "requestsByRoute", value: Self.json(requests)),
            .init(name: "statuses", value: Self.json(statuses)),
            .init(name: "faults", value: Self.json(Dictionary(uniqueKeysWithValues: faults.map { ($0.rawValue, $1) }))),
            .init(name: "tokensIssued", value: .integer(tokensIssued)),
            .init(name: "tokensRefused", value: .integer(tokensRefused)),
            .init(name: "duplicatesRefused", value: .integer(duplicatesRefused)),
            .init(name: "throttled", value: .integer(throttled)),
        ])
    }

    private static func json<Key: Comparable>(_ counts: [Key: Int]) -> JSON {
        .object(counts.sorted { $0.key < $1.key }.map { .init(name: "\($0.key)", value: .integer($0.value)) })
    }
}
