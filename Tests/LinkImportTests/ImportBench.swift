import CSVReading
import Foundation
import HTTPTransport
import ImportTestKit
import Ledger
import Pacing
import PingOneAPI
import PingOneSimulator
import SQLiteLedger
import Synchronization
import TestKit
import Testing

@testable import AttributeMappings
@testable import LinkImport
@testable import LinkRows
@testable import PingOneClient

/// Whole imports of files in a folder of their own, over a real socket, into a simulator in this process.
struct ImportBench: Sendable {
    let simulator: Simulator
    let folder: TemporaryFolder

    init(_ configuration: SimulatorConfiguration = SimulatorConfiguration()) async throws {
        simulator = try await Simulator.start(configuration)
        folder = try TemporaryFolder()
    }

    struct Settings: Sendable {
        var runID = "run-1"
        var kind = RunKind.linking
        var part = InputPart.whole
        var workers = 8
        var rate = RateSetting.fixed(5000)
        var limit: Int?
        var isDryRun = false
        /// Without the reading that `--strict` makes before the run.
        var isStrict = false
        var delimiter = DelimiterChoice.comma
        var resume = ResumePolicy()
        var breaker = Breaker(.count(1_000_000))
        var provider: String? = SampleIDs.provider
        var userKey: UserKey?
        /// Where nothing else is said, names are looked up one by one.
        var userIndex = UserIndexChoice.never
        var environment = SampleIDs.environment
        var columns = ColumnPlan.Options()
        /// `--mappings`.
        var usesMappings = false
        /// `--mappings-file`: what it holds.
        var mappingsFile: [AttributeMapping]?
        var control = RunControl()
        var userAgent = "pinglink/test"
        /// Where requests go, for the API and for tokens: `http://host:port`; nil for the simulator itself.
        var server: String?
        var time: any TimeSource = FastTime()
        /// What stands between the run and libcurl, on each thread that sends.
        var wire: @Sendable (any Transport) -> any Transport = { $0 }
        /// Called with the number of each request to the API, from 1, before it leaves.
        var beforeSending: @Sendable (Int) -> Void = { _ in }
    }

    struct Result: Sendable {
        var report: ImportRun.Report
        /// The earlier run that made the reading of the rows needless.
        var finishedBy: String?
        var events: [RunEvent]

        var counts: RunCounts { report.counts }
        var warnings: [String] {
            events.compactMap { if case .warning(let text) = $0 { text } else { nil } }
        }
    }

    var ledgerPath: String { folder.path("in.csv.ledger") }
    var unlinkLedgerPath: String { folder.path("in.csv.unlink.ledger") }

    /// Writes the input and imports it.
    func run(_ csv: String, _ change: (inout Settings) -> Void = { _ in }) async throws -> Result {
        try await run(file: try folder.write("in.csv", csv), change)
    }

    func run(file: String, _ change: (inout Settings) -> Void = { _ in }) async throws -> Result {
        var settings = Settings()
        change(&settings)
        // The workers, and the threads that read, commit and wait.
        let threads = settings.workers + 4
        await ThreadGate.shared.enter(with: threads)
        let result: Swift.Result<Result, any Error>
        do {
            result = .success(try await onThread { [self, settings] in try runBlocking(file, settings) })
        } catch {
            result = .failure(error)
        }
        await ThreadGate.shared.leave(with: threads)
        return try result.get()
    }

    private func runBlocking(_ file: String, _ settings: Settings) throws -> Result {
        let input = try InputFile(path: file)
        let events = Mutex<[RunEvent]>([])
        let report: @Sendable (RunEvent) -> Void = { event in events.withLock { $0.append(event) } }
        let session = try session(settings)
        var reading = ReadingOptions(
            delimiter: settings.delimiter,
            columns: settings.columns,
            identityProvider: settings.provider,
            userKey: settings.userKey
        )
        if settings.usesMappings {
            reading.columns.acceptsProviderAttributes = true
            let fetch = MappingBook.Source.identityProviders {
                MappingSession(session: session, identityProvider: $0).mappings()
            }
            reading.mappings = MappingBook(fetch) { report(.warning($0)) }
        }
        if let mappings = settings.mappingsFile {
            reading.columns.acceptsProviderAttributes = true
            reading.mappings = MappingBook(.file(name: "mappings.csv", mappings)) { report(.warning($0)) }
        }
        let ledger = SQLiteFile(settings.kind == .unlinking ? unlinkLedgerPath : ledgerPath)
        let store: ImportStore =
            settings.isDryRun
            ? .reading(ledger.exists ? try ledger.reader() : nil) : .writing(try ledger.open(now: { Date() }))
        let options = ImportRun.Options(
            runID: settings.runID,
            kind: settings.kind,
            version: "test",
            inputName: "in.csv",
            part: settings.part,
            reading: reading,
            userIndex: settings.userIndex,
            concurrency: settings.workers,
            limit: settings.limit,
            isDryRun: settings.isDryRun,
            isStrict: settings.isStrict,
            resume: settings.resume,
            breaker: settings.breaker,
            rejectsPath: folder.path("rejects.csv"),
            retryPath: folder.path("retry.csv")
        )
        let scan =
            input.isRereadable
            ? try InputScan(input, for: options, environment: settings.environment, store: store) : nil
        let run = ImportRun(
            options: options,
            input: input,
            scan: scan,
            store: store,
            session: session,
            report: report
        )
        defer { try? store.close() }  // for a run that does not begin; a second time it does nothing
        var ending = try run.run()
        #expect(run.counts == ending.counts)
        do throws(LedgerError) { try store.close() } catch { ending.stop = ending.stop ?? .ledger(error) }
        return Result(report: ending, finishedBy: scan?.finishedBy, events: events.withLock { $0 })
    }

    private func makeTransport(_ settings: Settings) throws -> @Sendable () throws -> any Transport {
        let configuration = try CurlConfiguration(proxy: "", userAgent: settings.userAgent)
        return { settings.wire(try CurlTransport(configuration)) }
    }

    private func counting(
        _ make: @escaping @Sendable () throws -> any Transport,
        _ beforeSending: @escaping @Sendable (Int) -> Void
    ) -> @Sendable () throws -> any Transport {
        let number = Counter()
        return { ObservedTransport(transport: try make()) { beforeSending(number.next()) } }
    }

    func session(_ settings: Settings) throws -> APISession {
        let server = settings.server ?? simulator.authURL
        let endpoints = try Endpoints(region: .northAmerica, apiURL: server, authURL: server)
        let time = settings.time
        let policy = RetryPolicy(maxAttempts: 8)
        let tokens = TokenFetch(
            credentials: .client(
                ClientCredentials(
                    clientID: KnownIDs.clientID,
                    proof: .basic(Secret(KnownIDs.clientSecret))
                )
            ),
            address: endpoints.token(inEnvironment: SampleIDs.environment),
            timeout: .seconds(30),
            retryPolicy: policy,
            maxWait: .seconds(300),
            wallClock: { Date() }
        )
        return APISession(
            calls: PingOneCalls(
                endpoints: endpoints,
                environment: settings.environment,
                timeout: .seconds(30)
            ),
            tokens: tokens.source(
                time: time,
                control: settings.control,
                makeTransport: try makeTransport(settings)
            ),
            makeTransport: try counting(makeTransport(settings), settings.beforeSending),
            pacer: Pacer(settings.rate, time: time),
            retryPolicy: policy,
            maxWait: .seconds(300),
            control: settings.control,
            time: time,
            wallClock: { Date() }
        )
    }
}

/// Keeps tests that run at the same time from taking all of Dispatch's 255 threads for serial queues: with none left for
/// the thread that feeds them, the workers of all runs would wait for ever.
private actor ThreadGate {
    static let shared = ThreadGate()

    private var free = 160
    private var waiting: [(threads: Int, CheckedContinuation<Void, Never>)] = []

    /// Waits, first come, first served, until there are so many threads.
    func enter(with threads: Int) async {
        if waiting.isEmpty, threads <= free {
            free -= threads
        } else {
            await withCheckedContinuation { waiting.append((threads, $0)) }
        }
    }

    func leave(with threads: Int) {
        free += threads
        while let (threads, next) = waiting.first, threads <= free {
            free -= threads
            waiting.removeFirst()
            next.resume()
        }
    }
}

/// Says when a request is about to leave.
private struct ObservedTransport: Transport {
    let transport: any Transport
    let beforeSending: () -> Void

    func send(_ request: HTTPRequest, ifStill mayLeave: @escaping () -> Bool) throws(TransportError) -> HTTPResponse {
        beforeSending()
        return try transport.send(request, ifStill: mayLeave)
    }
}

// MARK: - What is left afterwards

extension ImportBench {
    var ledgerRows: [ResultRow] {
        get throws {
            var rows: [ResultRow] = []
            try SQLiteLedgerReader(path: ledgerPath).forEachResult { rows.append($0) }
            return rows
        }
    }

    func ledgerCounts() throws -> [LinkState: Int] { try SQLiteLedgerReader(path: ledgerPath).counts() }

    /// All POSTs that made or tried to make a link, in the order of the server.
    var posts: [JournalEntry] { simulator.journal.filter { $0.method == "POST" && $0.route == "linkedAccounts" } }

    /// Counts, ledger, files and server must tell the same.
    func expectAgreement(_ result: Result, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let counts = result.counts
        #expect(counts.done == counts.rows, sourceLocation: sourceLocation)
        let rows = try ledgerRows
        let known = rows.reduce(into: [LinkState: Int]()) { $0[$1.state, default: 0] += 1 }
        #expect(known[.intended] == nil, sourceLocation: sourceLocation)
        #expect(known[.unsettled] ?? 0 == counts.unsettled, sourceLocation: sourceLocation)
        #expect(known[.failed] ?? 0 == counts.failed, sourceLocation: sourceLocation)
        #expect(known[.rejected] ?? 0 == counts.rejected, sourceLocation: sourceLocation)
        #expect(known[.invalid] ?? 0 == counts.invalid, sourceLocation: sourceLocation)

        let linked = rows.filter { $0.state == .linked || $0.state == .alreadyLinked }
        let claimed = linked.map { "\($0.userID ?? "") \($0.externalID ?? "")" }
        let there = simulator.links.map { "\($0.userID) \($0.externalID)" }
        #expect(Set(there).count == there.count, sourceLocation: sourceLocation)
        if counts.unsettled == 0 {
            #expect(claimed.sorted() == there.sorted(), sourceLocation: sourceLocation)
        } else {
            #expect(Set(claimed).isSubset(of: there), sourceLocation: sourceLocation)
        }
        #expect(records("rejects.csv") == counts.rejected + counts.invalid, sourceLocation: sourceLocation)
        #expect(records("retry.csv") == counts.failed + counts.unsettled, sourceLocation: sourceLocation)
        #expect(blindPosts == [], sourceLocation: sourceLocation)
    }

    /// The records of a result file without a line break inside a field.
    private func records(_ name: String) -> Int {
        guard let text = try? folder.text(name) else { return 0 }
        return text.split(separator: "\n").count - 1
    }

    /// POSTs that followed a POST of the same row whose outcome was unknown, without a read-back between them.
    var blindPosts: [Int] {
        var isInDoubt: [String: Bool] = [:]
        var found: [Int] = []
        for entry in simulator.journal where entry.route == "linkedAccounts" {
            guard let user = entry.userID else { continue }
            if entry.method == "POST" {
                if isInDoubt[user] == true { found.append(entry.sequence) }
                isInDoubt[user] = Self.leavesDoubt(entry)
            } else if entry.fault == nil, [.status(200), .status(404)].contains(entry.answer) {
                isInDoubt[user] = false
            }
        }
        return found
    }

    private static func leavesDoubt(_ entry: JournalEntry) -> Bool {
        if let fault = entry.fault { return fault != .error429 }
        guard case .status(let status) = entry.answer else { return true }
        return status >= 500 || status == 408
    }
}

/// Inputs for tests.
enum SampleCSV {
    /// `userID,externalId` for users with these numbers.
    static func rows(_ numbers: some Sequence<Int>) -> String {
        "userID,externalId\n" + numbers.map { "\(SampleIDs.user($0)),account-\($0)\n" }.joined()
    }
}
