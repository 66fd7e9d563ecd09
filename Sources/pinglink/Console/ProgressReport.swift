import Dispatch
import Logging
import Pacing
import Reporting

/// Says from time to time how far the run is: on a terminal in one live line, elsewhere in a log line every 30 s.
final class ProgressReport {
    enum Style: String {
        case auto
        case bar
        case log
        case none
    }

    private let timer: (any DispatchSourceTimer)?
    private let isLive: Bool

    /// `counts`: what is done so far; asked on a queue of its own.
    init(
        style: Style,
        counts: @escaping @Sendable () -> ProgressCounts,
        total: Int?,
        pacer: Pacer,
        time: any TimeSource,
        logger: Logger
    ) {
        let isTerminal = Console.terminalWidth != nil
        isLive = style == .bar || (style == .auto && isTerminal)
        guard style != .none else {
            timer = nil
            return
        }
        let startedAt = time.now
        let timer = DispatchSource.makeTimerSource(queue: DispatchQueue(label: "pinglink.progress"))
        timer.schedule(deadline: .now() + (isLive ? 0.2 : 30), repeating: isLive ? 0.2 : 30)
        timer.setEventHandler { [isLive] in
            let now = time.now
            let pacing = pacer.snapshot
            let line = ProgressLine(
                counts: counts(),
                total: total,
                elapsed: startedAt.duration(to: now),
                pacing: pacing,
                pause: pacing.pausedUntil.map { now.duration(to: $0) } ?? .zero
            ).text
            if isLive {
                Console.shared.show(String(line.prefix((Console.terminalWidth ?? 80) - 1)))
            } else {
                logger.info("\(line)")
            }
        }
        timer.resume()
        self.timer = timer
    }

    func end() {
        timer?.cancel()
        if isLive { Console.shared.show("") }
    }
}
