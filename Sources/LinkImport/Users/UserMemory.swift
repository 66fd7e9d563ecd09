import PingOneAPI
import PingOneClient

/// Who was found under which name, the latest findings only: a user who stands in many rows costs one request.
struct UserMemory {
    /// How many findings are kept: some 15 MB of them. Rows of one user mostly stand close together.
    static let standardCapacity = 65_536

    private let capacity: Int
    private var findings: [UserName: UserFinding] = [:]
    /// A ring, once it is full: the oldest name is at `oldest`.
    private var names: [UserName] = []
    private var oldest = 0

    init(capacity: Int = standardCapacity) {
        precondition(capacity > 0, "a memory of \(capacity) findings")
        self.capacity = capacity
    }

    subscript(name: UserName) -> UserFinding? { findings[name] }

    /// Forgets the oldest finding when there is no room.
    mutating func keep(_ finding: UserFinding, of name: UserName) {
        guard findings.updateValue(finding, forKey: name) == nil else { return }
        if names.count < capacity {
            names.append(name)
        } else {
            findings[names[oldest]] = nil
            names[oldest] = name
            oldest = (oldest + 1) % capacity
        }
    }
}
