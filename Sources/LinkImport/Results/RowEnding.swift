import Ledger
import LinkRows
import PingOneClient

/// How a row ends in a run.
enum RowEnding: Sendable, Equatable {
    /// Nobody has tried it.
    case unsent
    /// This run has linked it.
    case linked
    /// This run has found it linked.
    case alreadyLinked
    /// An earlier run has linked it, or found it linked.
    case finished
    /// It says the same as another row.
    case repeated
    /// `undo` has removed its link.
    case undone
    /// Its data must change: PingOne does not take it.
    case rejected(RowProblem)
    /// Its data must change: it is not fit to be sent.
    case invalid(RowProblem)
    /// It did not get through.
    case failed(RowProblem)
    /// It may be linked.
    case unsettled(RowProblem)

    /// Of a row that this run has sent.
    init(_ settlement: Settlement) {
        switch settlement.state {
        case .linked: self = .linked
        case .alreadyLinked: self = .alreadyLinked
        default: self.init(earlier: settlement.state, RowProblem(settlement))
        }
    }

    /// Of a row that stays as an earlier run, or this one, has left it; nil for one that nobody has tried yet.
    init(_ known: KnownLink?) {
        self.init(earlier: known?.state, known.map { RowProblem($0) } ?? RowProblem())
    }

    /// The same, by the state.
    init(earlier state: LinkState?, _ problem: @autoclosure () -> RowProblem = RowProblem()) {
        self =
            switch state {
            case nil: .unsent
            case .linked, .alreadyLinked: .finished
            case .undone: .undone
            case .rejected: .rejected(problem())
            case .invalid: .invalid(problem())
            case .failed: .failed(problem())
            case .unsettled, .intended: .unsettled(problem())
            }
    }

    /// Of a row that is not linked, and is kept for another run: what result files and the log say of it.
    var openRow: (state: LinkState, problem: RowProblem)? {
        switch self {
        case .unsent, .linked, .alreadyLinked, .finished, .repeated, .undone: nil
        case .rejected(let problem): (.rejected, problem)
        case .invalid(let problem): (.invalid, problem)
        case .failed(let problem): (.failed, problem)
        case .unsettled(let problem): (.unsettled, problem)
        }
    }
}
