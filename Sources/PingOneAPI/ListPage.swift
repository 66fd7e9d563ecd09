import HTTPTransport
import JSON

/// One page of a list that the API gives, all of its entries read.
///
/// Source: PingOne API, "Paging, ordering, and filtering collections": the entries are in `_embedded`, the next page
/// is `_links.next`, `count` and `size` are optional.
struct ListPage<Entry> {
    var entries: [Entry]
    /// Where the list goes on; nil at its end.
    var next: String?
    /// How many entries all pages have together; nil where that is not said, or where `count` can only mean this page.
    var total: Int?

    /// `member`: the list's name in `_embedded`.
    ///
    /// Nil where the answer is no complete list: an entry or a next page that cannot be read could be the one that
    /// matters.
    init?(_ response: HTTPResponse, member: String, _ read: (JSONValue) -> Entry?) {
        guard response.bodyIsComplete, let document = try? JSONValue(parsing: response.body),
            case .object = document
        else { return nil }
        // A list without entries still links to itself.
        let isEmpty =
            (document["count"] ?? document["size"]).map { $0.integer == 0 }
            ?? (document["_embedded"] == nil && document["_links"]?["self"] != nil)
        let list = document["_embedded"]?[member] ?? .null
        guard let values = list.array ?? (isEmpty && list == .null ? [] : nil) else { return nil }
        entries = values.compactMap(read)
        guard entries.count == values.count else { return nil }
        let link = document["_links"]?["next"] ?? .null
        next = link["href"]?.string
        guard next != nil || link == .null else { return nil }
        total = document["count"]?.integer.flatMap { next == nil || $0 > values.count ? $0 : nil }
    }
}
