/// What the tenant answers, before anything is done to it on the way.
struct Reply: Equatable, Sendable {
    var status: Int
    /// Headers of this answer only; those that each answer has are added when it is sent.
    var headers: [Header] = []
    /// Nil: no body, no `Content-Type`.
    var body: [UInt8]?
    var contentType = "application/json"
    /// The request has changed something that a later request can see.
    var applied = false
    /// The answer is a refusal because of `UNIQUENESS_VIOLATION`.
    var isDuplicate = false

    struct Header: Equatable, Sendable {
        var name: String
        var value: String
    }

    static func json(_ json: JSON, status: Int = 200) -> Reply {
        Reply(status: status, body: json.bytes)
    }

    static func problem(_ problem: APIProblem, id: ResourceID) -> Reply {
        Reply(
            status: problem.status,
            body: problem.json(id: id).bytes,
            isDuplicate: problem.details.contains { $0.code == "UNIQUENESS_VIOLATION" }
        )
    }
}
