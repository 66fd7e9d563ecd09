import Dispatch
import FoundationEssentials
import Glibc
import Ledger
import Logging
import Machine
import Pacing
import RawPaths
import Reporting
import Synchronization

/// Keeps the page of `--report-file` up to date while a run goes on, for people who watch it in a browser.
final class ReportFile: Sendable {
    /// Seconds from one page to the next, and from one look of the browser to the next.
    private static let interval = 30
    /// Of a ledger of many millions of rows a page takes seconds: then at most this share of the time goes into it.
    private static let longestShare = 0.1

    private enum Phase {
        case idle
        case live(PlainThread)
        /// The thread has ended, the last page is to come.
        case paused
    }

    private let path: String
    private let ledger: any LedgerLocation
    private let logger: Logger
    private let end = StopSignal()
    private let phase = Mutex(Phase.idle)

    /// Nil where no page is asked for.
    init?(_ path: String?, ledger: any LedgerLocation, logger: Logger) {
        guard let path else { return nil }
        self.path = path
        self.ledger = ledger
        self.logger = logger
    }

    /// When the run begins.
    ///
    /// - Throws: a failure where there is no thread for it.
    func begin() throws {
        let thread = try MachineRoom.thread { [path, ledger, logger, end] in
            while !end.isRaised {
                let begun = ContinuousClock.now
                Self.write(path, ledger, logger, refresh: Self.interval)
                let took = begun.duration(to: .now) / .seconds(1)
                end.wait(until: .now() + max(Double(Self.interval), took / Self.longestShare))
            }
        }
        phase.withLock { $0 = .live(thread) }
    }

    /// Lets go of the ledger: to be called before this process closes it, which takes SQLite's locks from readers.
    func pause() {
        guard case .live(let thread) = phase.withLock({ $0 }) else { return }
        end.raise()
        thread.join()
        phase.withLock { $0 = .paused }
    }

    /// Leaves the last page, which does not renew itself any more: once, when the ledger is closed, however the run ended.
    func finish() {
        pause()
        guard case .paused = phase.withLock({ $0 }) else { return }
        phase.withLock { $0 = .idle }
        Self.write(path, ledger, logger, refresh: nil)
    }

    /// A page that cannot be made or written is told, and the run goes on.
    private static func write(_ path: String, _ ledger: any LedgerLocation, _ logger: Logger, refresh: Int?) {
        do {
            let page = try ReportPage.html(LedgerReport(ledger: ledger, now: Date()), refresh: refresh)
            try FileReplacement.write(page, to: path, mode: mode(of: path))
        } catch let error as FileReplacement.Failure {
            logger.error("\(path): the report cannot be written (--report-file): \(error.reason). Check the folder.")
        } catch {
            logger.error("\(path): the report cannot be made (--report-file): \(error)")
        }
    }

    /// As somebody has set it, so that a server may show the page; a new one is for its owner only.
    private static func mode(of path: String) -> mode_t {
        var status = stat()
        return unsafe stat(path.pathBytes, &status) == 0 ? status.st_mode & 0o777 : 0o600
    }
}
