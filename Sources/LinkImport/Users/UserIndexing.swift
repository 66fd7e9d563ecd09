import LinkRows
import PingOneAPI
import PingOneClient

/// Whether all users are listed before names are looked up: `--user-index`.
package enum UserIndexChoice: String, Sendable, CaseIterable {
    /// Where that takes fewer requests.
    case auto
    case always
    case never
}

/// Lists the users of the environment for a run that is about to look names up, if that is worth its requests.
struct UserIndexing: Sendable {
    let choice: UserIndexChoice
    let key: UserKey
    /// How many names are left to look up, at most; nil where nobody knows.
    ///
    /// Rows of the input, less those that its last run has left linked: a row whose user stands in others too, that is not
    /// fit, or that a killed run has linked is counted wrongly, and that costs or saves some requests, nothing else.
    let names: Int?
    let session: APISession
    let report: @Sendable (RunEvent) -> Void

    /// Blocks while the list is read.
    ///
    /// - Returns: nil where names are to be looked up one by one: it takes fewer requests, nobody knows whether it does, the
    ///   list is not to be had, or the run has ended. A list that is refused ends no run: whether a look-up is permitted is
    ///   shown by the look-up.
    func make(_ caller: APICaller) -> UserIndex? {
        let listing = UserListing(caller: caller, session: session)
        switch choice {
        case .never: return nil
        case .always: return read(listing, most: nil, total: nil)
        case .auto:
            // The question and one page are two requests.
            guard let names, names > 2, let total = count(listing) else { return nil }
            guard total > 0, Self.pages(total, of: UserListing.pageSize) < names else { return nil }
            return read(listing, most: names, total: total)
        }
    }

    private static func pages(_ users: Int, of size: Int) -> Int {
        let (pages, rest) = users.quotientAndRemainder(dividingBy: max(size, 1))
        return pages + (rest > 0 ? 1 : 0)
    }

    private func count(_ listing: UserListing) -> Int? {
        switch listing.count() {
        case .found(let total): return total
        case .unavailable(let reason): warn(reason)
        case .stopped: break
        }
        return nil
    }

    /// `most`: as many requests would do without a list.
    private func read(_ listing: UserListing, most: Int?, total: Int?) -> UserIndex? {
        let users = total.map { $0 == 1 ? "the one user" : "the \(DigitGroups.text($0)) users" } ?? "all users"
        report(.notice("Listing \(users) of the environment (--user-index) instead of looking each name up."))
        var index = UserIndex(key)
        var pages = 0
        var expected = 0
        let end = listing.read { users in
            index.add(users)
            pages += 1
            // Only now it shows how large PingOne's pages are.
            if let total, pages == 1 { expected = Self.pages(total, of: users.count) }
            return most.map { max(pages, expected) < $0 } ?? true
        }
        switch end {
        case .found(true):
            index.sort()
            return index
        case .found(false):
            report(.notice("The list has more pages than there are names: looking them up one by one."))
        case .unavailable(let reason): warn(reason)
        case .stopped: break
        }
        return nil
    }

    private func warn(_ reason: String) {
        report(.warning("The users could not be listed (\(reason)): looking them up one by one."))
    }
}
