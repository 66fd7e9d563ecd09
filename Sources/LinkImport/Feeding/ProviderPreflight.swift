import LinkRows
import PingOneAPI

/// Has PingOne looked at before the first row goes there: once for a file, whose identity providers are all known by
/// then, and on a stream again before the first row of each further one.
struct ProviderPreflight {
    private(set) var isDone = false
    /// Of a file, those that its first reading found; nil for a stream.
    private let scanned: [String]?
    private let check: ([String]) -> Void
    private var seen: Set<UUIDText> = []

    /// `check`: stops the run if going on is pointless.
    init(scanned: [String]?, check: @escaping ([String]) -> Void) {
        self.scanned = scanned
        self.check = check
    }

    /// To be called before anything about these rows is asked or sent.
    mutating func look(before rows: some Sequence<LinkRow>) {
        var unknown: [String] = []
        if let scanned {
            if isDone { return }
            unknown = scanned
        } else {
            for id in rows.lazy.map(\.link.identityProviderID) where seen.count < 100 {
                if let provider = UUIDText(id), seen.insert(provider).inserted { unknown.append(id) }
            }
            if isDone, unknown.isEmpty { return }
        }
        isDone = true
        check(unknown)
    }
}
