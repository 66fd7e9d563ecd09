/// Ends a command: what to say on standard error, and the exit code (sysexits.h, where it has one).
struct CommandFailure: Error {
    var message: String
    var code: Int32

    /// Wrong usage.
    static func usage(_ message: String) -> CommandFailure {
        CommandFailure(message: message, code: 64)
    }

    /// The configuration file is wrong.
    static func configuration(_ message: String) -> CommandFailure {
        CommandFailure(message: message, code: 78)
    }
}
