package import PingOneClient

/// What happens in a run and concerns people.
package enum RunEvent: Sendable, Equatable {
    /// What the run does besides its rows.
    case notice(String)
    case warning(String)
    /// A row that is not as it should be: not linked in an import, missing in a verification. `as`: the one word for it.
    case rowStandsOut(line: Int, as: String, problem: RowProblem?)
}
