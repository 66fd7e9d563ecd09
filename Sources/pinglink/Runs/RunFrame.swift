import FoundationEssentials
import Ledger
import LinkImport
import Logging
import Machine
import Pacing
import PingOneClient
import Reporting

/// What a run has around it, whatever it does: signals, deadlines, pace, progress and the page of `--report-file`.
struct RunFrame {
    let session: APISession
    private let settings: RunSettings
    private let signals: Signals
    private let page: ReportFile?
    private let logger: Logger

    /// To be made before there are other threads.
    ///
    /// `ledger`: nil where none is written; `page`: the file of `--report-file`.
    init(
        _ settings: RunSettings,
        _ connection: Connection,
        ledger: (any LedgerLocation)?,
        page: String?,
        logger: Logger
    ) throws {
        let control = RunControl()
        let time = SystemTime()
        self.settings = settings
        self.logger = logger
        try MachineRoom.makeFiles(forWorkers: settings.concurrency)
        signals = try Signals(control: control) { hasBegun in
            logger.notice(
                hasBegun
                    ? "Stopping: waiting for the requests in flight. Once more to leave at once."
                    : "Stopped before the run has begun: no row was sent. Run the same command again."
            )
        }
        let pacer = connection.pacer(settings.rate, sharedIn: ledger, time: time)
        session = connection.session(pacer: pacer, control: control, time: time)
        self.page = ledger.flatMap { ReportFile(page, ledger: $0, logger: logger) }
    }

    /// Does the work with progress shown, until it is done or a signal or a deadline ends it.
    ///
    /// `total`: nil for a stream; `counts`: what is done so far, asked on a queue of its own.
    func run<Report>(
        total: Int?,
        counts: @escaping @Sendable () -> ProgressCounts,
        _ work: () throws -> Report
    ) throws -> Report {
        signals.runBegins()
        let deadlines = settings.deadlines
        if deadlines.areSet { try watch(deadlines) }
        if deadlines.areSet || settings.rate.timetable != nil { checkZone() }
        let latest = RunProgress(counts, total: total, session: session)
        let progress = ProgressReport(style: settings.progress, logger: logger) { latest.line }
        defer { progress.end() }
        try page?.begin()
        return try work()
    }

    /// Lets go of the ledger, before it is closed.
    func pause() {
        page?.pause()
    }

    /// Leaves the last page, when the ledger is closed.
    func finish() {
        page?.finish()
    }

    /// Says when the run will end, and from now on sees to it, on a thread of its own.
    private func watch(_ deadlines: Deadlines) throws {
        let now = Date().timeIntervalSince1970
        for (stop, moment) in deadlines.moments(from: now) {
            let isFar = Double(moment) - now > 12 * 3600
            let distance = isFar ? ", more than 12 hours from now" : ""
            logger.log(
                level: isFar ? .warning : .notice,
                "Will stop at \(LocalClock.text(moment))\(distance) (--\(stop.name))."
            )
        }
        try MachineRoom.thread { [session] in
            deadlines.watch(session.control, time: session.time) { Date().timeIntervalSince1970 }
        }
    }

    /// Deadlines are told, and timetables go, by the machine's local time: warns where it does not have the zone that `TZ`
    /// names.
    private func checkZone() {
        let environment = ProcessInfo.processInfo.environment
        let folder = environment["TZDIR"] ?? LocalClock.zoneFolder
        guard let zone = LocalClock.missingZone(environment["TZ"], in: folder) else { return }
        logger.warning(
            """
            TZ=\(zone) names no time zone of this machine: local time is UTC here. Install its zone files (tzdata), or \
            set TZ to a zone that it has.
            """
        )
    }
}
