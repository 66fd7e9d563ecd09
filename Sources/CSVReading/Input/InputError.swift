/// Why an input could not be read at all: a matter of paths, permissions and devices, not of what the input holds.
package enum InputError: Error, Equatable, CustomStringConvertible {
    /// Opening or reading failed. `name` is the path as it was given, or "standard input"; `reason` is the system's
    /// text for it, such as "Permission denied".
    case cannotRead(name: String, reason: String)

    package var description: String {
        switch self {
        case .cannotRead(let name, let reason):
            "\(name): cannot be read: \(reason). Check the path and its permissions."
        }
    }
}
