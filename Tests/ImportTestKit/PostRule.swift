import HTTPTransport
import JSON
import PingOneAPI

/// The promise that matters most, checked over what was really sent: while nobody knows what a POST did, the same row
/// is not posted again.
package enum PostRule {
    /// What may be known of a row between two of its requests.
    private enum Knowledge {
        /// Certain that no POST has been carried out.
        case unlinked
        case inDoubt
        case linked
    }

    /// - Parameters:
    ///   - exchanges: all requests, in the order in which they were sent; a row is known by its user.
    ///   - startingInDoubt: whether an earlier run may have linked the rows.
    /// - Returns: each POST that should not have left, in words; empty when the rule holds.
    package static func violations(in exchanges: [Exchange], startingInDoubt: Bool = false) -> [String] {
        var knowledge: [String: Knowledge] = [:]
        var violations: [String] = []
        for (index, exchange) in exchanges.enumerated() {
            let user = user(of: exchange.request)
            switch exchange.request.method {
            case .post:
                switch knowledge[user] ?? (startingInDoubt ? .inDoubt : .unlinked) {
                case .unlinked: break
                case .inDoubt: violations.append("request \(index + 1): a POST while the one before is in doubt")
                case .linked: violations.append("request \(index + 1): a POST although the row is linked")
                }
                knowledge[user] = after(exchange.outcome)
            case .get where knowledge[user] != .linked && endsReading(exchange.outcome):
                knowledge[user] = .unlinked
            default: break
            }
        }
        return violations
    }

    private static func user(of request: HTTPRequest) -> String {
        let parts = request.url.split(separator: "/")
        return parts.firstIndex(of: "users").map { String(parts[$0 + 1]) } ?? ""
    }

    private static func after(_ outcome: Result<HTTPResponse, TransportError>) -> Knowledge {
        switch outcome {
        case .failure(.neverSent), .failure(.certificate): .unlinked
        case .failure(.inDoubt): .inDoubt
        case .success(let response):
            switch response.status {
            case 200..<300 where !response.bodyIsComplete: .inDoubt
            case 200..<300: (try? JSONValue(parsing: response.body))?["id"]?.string == nil ? .inDoubt : .linked
            case 408, 500...: .inDoubt
            default: .unlinked
            }
        }
    }

    /// Whether the answer is the last page of a list of links, or says that there is no such user.
    private static func endsReading(_ outcome: Result<HTTPResponse, TransportError>) -> Bool {
        guard case .success(let response) = outcome else { return false }
        if response.status == 404 { return true }
        return LinkedAccountPage(response).map { $0.next == nil } ?? false && (200..<300).contains(response.status)
    }
}
