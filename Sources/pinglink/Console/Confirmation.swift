import Glibc
import PingOneClient

/// What a command that deletes links asks before it begins.
enum Confirmation {
    /// `plan`: what will be done, for people to agree to.
    ///
    /// - Throws: a failure where nobody can answer, or the answer is another one than yes.
    static func ask(_ plan: String, command: String) throws {
        guard isatty(0) == 1 else {
            throw CommandFailure.usage("\(command) asks before it deletes links: give --yes where nobody can answer.")
        }
        Console.shared.log(plan)
        Console.shared.log("Type yes to delete them:")
        guard readLine()?.trimmingSpace().lowercased() == "yes" else {
            throw CommandFailure(message: "The answer was not yes: nothing was deleted.", code: 3)
        }
    }
}
