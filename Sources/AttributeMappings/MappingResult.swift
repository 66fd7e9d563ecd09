package import PingOneClient

/// What became of one entry of a plan.
package enum MappingResult: Sendable, Equatable {
    /// Made by this run, by what the answer says or, after a lost one, the provider's mappings.
    case created
    case changed
    /// Was there before.
    case same
    /// Not in the file: left as it is.
    case onlyThere
    /// Would be created or changed: a dry run.
    case planned
    /// Says something else than the file, and was not to be changed.
    case different
    /// A CORE mapping's update, which cannot be changed.
    case unchangeable
    /// PingOne refused it: sending it again gets the same answer.
    case refused(RowProblem)
    /// Certainly not done, and nothing is wrong with it.
    case failed(RowProblem)
    /// May have been done: no answer came, and the mappings could not be read.
    case unsettled(RowProblem)
    /// Never sent: the run ended before.
    case unsent

    /// Whether the provider is now as the file says, or would be.
    package var isDone: Bool {
        switch self {
        case .created, .changed, .same, .onlyThere, .planned: true
        case .different, .unchangeable, .refused, .failed, .unsettled, .unsent: false
        }
    }

    /// Why it is not done, where PingOne or the network says so.
    package var problem: RowProblem? {
        switch self {
        case .refused(let problem), .failed(let problem), .unsettled(let problem): problem
        default: nil
        }
    }
}

extension MappingPlan.Entry {
    /// The result where nothing is sent for it; nil where something is.
    ///
    /// `changes`: whether what differs is to be changed.
    package func resultWithoutSending(changes: Bool) -> MappingResult? {
        switch self {
        case .create: nil
        case .change: isUnchangeable ? .unchangeable : changes ? nil : .different
        case .same: .same
        case .onlyThere: .onlyThere
        }
    }
}
