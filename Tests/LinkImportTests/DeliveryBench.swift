import CSVReading
import Foundation
import HTTPTransport
import ImportTestKit
import Ledger
import Pacing
import PingOneAPI
import Synchronization

@testable import LinkImport

/// Delivers rows over a transport that a test has made, with tokens `token-1`, `token-2`, … and a clock that jumps.
struct DeliveryBench<Wire: Transport & Sendable>: Sendable {
    let wire: Wire
    let time: JumpingTime
    let control: RunControl
    let session: APISession

    init(
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

    var caller: APICaller { session.makeCaller() }

    /// Nothing blocks here: the clock jumps over every wait.
    func deliver(
        _ row: LinkRow = .sample(),
        after doubt: LinkDelivery.Doubt? = nil
    ) -> DeliveryOutcome {
        LinkDelivery(caller: caller, session: session, runID: "run")
            .deliver(row, ofUser: SampleIDs.user(1), after: doubt)
    }
}

final class Counter: Sendable {
    private let issued = Mutex(0)

    func next() -> Int {
        issued.withLock { issued in
            issued += 1
            return issued
        }
    }
}

extension LinkRow {
    static func sample(user: Int = 1, externalID: String = "leslie", line: Int = 2) -> LinkRow {
        LinkRow(
            line: line,
            user: .id(SampleIDs.user(user)),
            link: LinkRequest(identityProviderID: SampleIDs.provider, externalID: externalID),
            record: CSVRecord(line: line, fields: [SampleIDs.user(user), externalID])
        )
    }
}

extension HTTPResponse {
    /// The environment of the sample ids.
    static let environment = sample(200, #"{"id":"\#(SampleIDs.environment)"}"#)

    /// The answer to a POST that made a link.
    static let created = sample(201, #"{"id":"link-1"}"#, headers: ["Correlation-Id": "c-1"])

    /// A user's links: external ids at the sample provider, and where the list goes on.
    static func links(_ externalIDs: String..., next: String? = nil) -> HTTPResponse {
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
    static func problem(_ status: Int, _ code: String, detail: String? = nil) -> HTTPResponse {
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
