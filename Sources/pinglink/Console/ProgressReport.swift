import Dispatch
import Logging
import Reporting

/// Says from time to time how far something is: on a terminal in one live line, elsewhere in a log line every 30 s.
final class ProgressReport {
    enum Style: String, CaseIterable, Sendable {
        case auto
        case bar
        case log
        case none

        /// What `auto` comes to.
        fileprivate func resolved(on terminal: Terminal) -> Style {
            self == .auto ? (terminal.understandsEscapes ? .bar : .log) : self
        }
    }

    private let queue = DispatchQueue(label: "pinglink.progress")
    private let timer: (any DispatchSourceTimer)?

    /// Begins to tell; a live line only after `delay`.
    ///
    /// `latest`: how far it is now; asked on a queue of its own.
    init(
        style: Style,
        after delay: Double = 0.2,
        logger: Logger,
        latest: @escaping @Sendable () -> any LiveText
    ) {
        switch style.resolved(on: Console.shared.terminal) {
        case .none, .auto: timer = nil
        case .bar:
            timer = Self.timer(on: queue, after: delay, every: 0.2) {
                let text = latest()
                Console.shared.show(text.line(width:isColoured:))
            }
        case .log:
            timer = Self.timer(on: queue, after: 30, every: 30) {
                let text = latest()
                logger.info("\(text.text)", metadata: text.figures.mapValues { .stringConvertible($0) })
            }
        }
    }

    private static func timer(
        on queue: DispatchQueue,
        after delay: Double,
        every interval: Double,
        _ tell: @escaping @Sendable () -> Void
    ) -> any DispatchSourceTimer {
        let timer = DispatchSource.makeTimerSource(queue: queue)
        timer.schedule(deadline: .now() + delay, repeating: interval)
        timer.setEventHandler(handler: tell)
        timer.resume()
        return timer
    }

    /// Takes the live line away; nothing is told afterwards. A second time it does nothing.
    func end() {
        timer?.cancel()
        queue.sync {}  // a frame that is being drawn comes first
        Console.shared.endLiveLine()
    }
}
