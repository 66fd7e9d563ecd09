#if DEBUG
    import Glibc
    import Synchronization
#endif

/// The moments of a command between which a crash could tear apart two things that are durable or visible from outside.
///
/// A debug build can be told to die at any of them, which is how tests find out that nothing is lost then:
/// `PINGLINK_DIE_AT=17` kills the process by SIGKILL at the 17th step that it reaches, counted over all of its threads,
/// and `PINGLINK_STEPS_FILE` names a file that gets a line for each step reached. A release build knows neither.
package enum DurableStep: Sendable, Equatable {
    /// The ledger file is there and nobody else may write it; it may be empty.
    case lockTaken
    /// The ledger has its current format.
    case ledgerMigrated
    /// The ledger says who holds it.
    case holderNoted
    /// Nobody takes this process's rows for another lease.
    case leaseProlonged
    case runBegun
    /// What earlier runs found wrong in the input is forgotten.
    case readingBegun
    /// The POSTs of some rows may leave.
    case intentsCommitted
    case invalidRowsCommitted
    /// What became of some rows, where no other step of this transaction has a name.
    case resultsCommitted
    /// The DELETEs of some links may leave.
    case undoMarksCommitted
    case undoForgotten
    case verificationBegun
    case verificationEnded
    /// A request to the API is about to be handed to the transport.
    case requestLeaves(method: String)
    /// Its answer is read, or certain not to come.
    case requestIsOver(method: String)
    /// A result file is there under its temporary name.
    case resultFileBegun
    case resultFileWritten
    case resultFileRenamed
    /// A result file of an earlier run is gone, for there are no such rows now.
    case resultFileRemoved
    /// The file for a command's records is there; it may be empty.
    case outputBegun
    case outputWritten
    case metricsFileRenamed
    case runEnded
    case holderRemoved
    /// The database is one file again.
    case ledgerClosed
    case lockReleased

    /// Counts a step; any thread may call it. Does nothing unless the process was started with one of the variables.
    package static func reached(_ step: DurableStep) {
        #if DEBUG
            guard isCounting else { return }
            let number = count.withLock { count in
                count += 1
                // Under the lock, so that the lines stand in the order of the numbers.
                note(step)
                return count
            }
            // Unlike exit, it leaves nobody the time to tidy up.
            if number == dieAt { kill(getpid(), SIGKILL) }
        #endif
    }
}

#if DEBUG
    extension DurableStep {
        private static let dieAt = variable("PINGLINK_DIE_AT").flatMap { Int($0) }
        private static let stepsFile = variable("PINGLINK_STEPS_FILE").map {
            unsafe open($0, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        }
        private static let isCounting = dieAt != nil || stepsFile != nil
        private static let count = Mutex(0)

        private static func note(_ step: DurableStep) {
            guard let stepsFile else { return }
            let line = Array("\(step)\n".utf8)
            _ = unsafe line.withUnsafeBytes { unsafe write(stepsFile, $0.baseAddress, $0.count) }
        }

        private static func variable(_ name: String) -> String? {
            unsafe getenv(name).map { unsafe String(cString: $0) }
        }
    }
#endif
