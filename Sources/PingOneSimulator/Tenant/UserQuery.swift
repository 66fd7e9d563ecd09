/// Which page of which users a request asks for: the query of `GET …/users`.
///
/// Parameters other than `filter`, `limit` and `cursor` are ignored. PingOne does not document how it refuses a limit
/// or a cursor; here it is the platform's `INVALID_PARAMETER`.
struct UserQuery: Equatable, Sendable {
    /// Nil: all users.
    private(set) var filter: UserFilter?
    /// The most users of a page, 1 to 1000.
    private(set) var limit = 100
    /// How many users the pages before this one had.
    private(set) var offset = 0
    /// As they were sent, without the cursor.
    private var parameters: [Substring] = []

    init(_ query: String) throws(APIProblem) {
        var seen: Set<String> = []
        for parameter in query.split(separator: "&") {
            let halves = parameter.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = PercentEncoding.decoding(halves[0]),
                let value = PercentEncoding.decoding(halves.count == 2 ? halves[1] : "")
            else { throw .malformed }
            if name != "cursor" { parameters.append(parameter) }
            switch name {
            case "filter": filter = try UserFilter(value)
            case "limit": limit = try Self.number(value, in: 1...1000, named: name)
            case "cursor": offset = try Self.number(value, in: 0...Int.max, named: name)
            default: continue
            }
            guard seen.insert(name).inserted else { throw .invalidData([.invalidParameter(name)]) }
        }
    }

    /// The query of the page before which there are `offset` users; empty for the first page of all users.
    func page(after offset: Int) -> String {
        (parameters + (offset == 0 ? [] : ["cursor=\(offset)"])).joined(separator: "&")
    }

    private static func number(_ text: String, in range: ClosedRange<Int>, named name: String) throws(APIProblem)
        -> Int
    {
        guard let number = Int(text), range.contains(number) else { throw .invalidData([.invalidParameter(name)]) }
        return number
    }
}
