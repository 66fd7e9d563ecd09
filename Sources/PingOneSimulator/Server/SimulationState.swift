import Synchronization

/// What both sides share: the server's tasks and those who look at the simulator from within the process.
final class SimulationState: Sendable {
    private let simulation: Mutex<Simulation>

    init(_ simulation: Simulation) {
        self.simulation = Mutex(simulation)
    }

    func withLock<Result: Sendable>(_ body: (inout Simulation) -> Result) -> Result {
        simulation.withLock { body(&$0) }
    }
}
