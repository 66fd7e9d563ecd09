/// Why a simulator could not start.
package enum SimulatorError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The address cannot be listened on: taken, not of this machine, or not permitted.
    case cannotListen(host: String, port: Int, reason: String)

    package var description: String {
        switch self {
        case .cannotListen(let host, let port, let reason):
            """
            Cannot listen on \(host), port \(port): \(reason).
            Choose another --host or --port; port 0 takes any that is free.
            """
        }
    }
}
