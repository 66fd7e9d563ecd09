import FoundationEssentials
package import HTTPTransport
import Pacing
import PingOneAPI
package import PingOneClient
import TestKit

/// Calls PingOne over a transport that a test has made, with tokens `token-1`, `token-2`, … and a clock that jumps.
package struct ClientBench<Wire: Transport & Sendable>: Sendable {
    package let wire: Wire
    package let time: JumpingTime
    package let control: RunControl
    package let session: APISession

    package init(
        _ wire: Wire,
        attempts: Int = 3,
        maxWait: Duration = .seconds(300),
        control: RunControl = RunControl(),
        time: JumpingTime = JumpingTime()
    ) throws {
        self.wire = wire
        self.time = time
        self.control = control
        let issued = Counter()
        session = APISession(
            calls: PingOneCalls(
                endpoints: try Endpoints(region: .northAmerica),
                environment: SampleIDs.environment,
                timeout: .seconds(30)
            ),
            tokens: TokenSource(time: time) { _ in FetchedToken(value: Secret("token-\(issued.next())"), lifetime: nil)
            },
            makeTransport: { wire },
            pacer: Pacer(.fixed(1000), maxWait: maxWait, time: time),
            retryPolicy: RetryPolicy(maxAttempts: attempts),
            maxWait: maxWait,
            control: control,
            time: time,
            wallClock: { Date(timeIntervalSince1970: 1_800_000_000) }
        )
    }

    package var caller: APICaller { session.makeCaller() }
}

extension HTTPResponse {
    /// The environment of the sample ids.
    package static let environment = sample(200, #"{"id":"\#(SampleIDs.environment)"}"#)

    /// The answer to a POST that made a link.
    package static let created = sample(201, #"{"id":"link-1"}"#, headers: ["Correlation-Id": "c-1"])

    /// A user's links: external ids at the sample provider, and where the list goes on.
    package static func links(_ externalIDs: String..., next: String? = nil) -> HTTPResponse {
        let entries = externalIDs.map {
            #"{"id":"link-of-\#($0.filter(\.isASCII))","identityProvider":{"id":"\#(SampleIDs.provider.uppercased())"},"externalId":"\#($0)"}"#
        }
        let links = next.map { #""_links":{"next":{"href":"\#($0)"}},"# } ?? ""
        return sample(
            200,
            #"{\#(links)"_embedded":{"linkedAccounts":[\#(entries.joined(separator: ","))]}}"#,
            headers: ["Correlation-Id": "c-read"]
        )
    }

    /// A refusal in PingOne's shape.
    package static func problem(_ status: Int, _ code: String, detail: String? = nil) -> HTTPResponse {
        let details = detail.map {
            #","details":[{"code":"\#($0)","target":"externalId","message":"leslie is taken"}]"#
        }
        return sample(
            status,
            #"{"id":"e-1","code":"\#(code)","message":"about leslie"\#(details ?? "")}"#,
            headers: ["Correlation-Id": "c-2"]
        )
    }
}
