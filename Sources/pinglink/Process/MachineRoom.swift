import Machine

/// What a run asks of the machine before it begins; says what is missing while nothing was sent.
enum MachineRoom {
    /// Besides the main thread: for signals, a deadline, the ledger, progress, a report, announcements, looking names up,
    /// and one worker. Dispatch, from which some of them come, waits for ever for a thread that it does not get.
    private static let threads = 10
    /// With a ledger in a database, for the pace and the lease besides.
    static let threadsWithDatabase = threads + 2

    /// Files that are open whatever the number of workers: the standard ones, input, ledger with lock and logs, result
    /// files, metrics, and what the libraries keep.
    private static let files = 40
    /// A connection, the two ends of the pipe that wakes its handle, and as many while a name is looked up.
    private static let filesPerWorker = 5

    /// - Throws: a failure that says how many threads it takes.
    static func checkThreads(_ threads: Int = threads) throws {
        let room = PlainThread.room(upTo: threads)
        guard room < threads else { return }
        throw tooFewThreads("\(room + 1) of the \(threads + 1) that it takes")
    }

    /// - Throws: a failure when the system gives no thread.
    @discardableResult
    static func thread(_ body: @escaping @Sendable () -> Void) throws -> PlainThread {
        do throws(ThreadShortage) { return try PlainThread(body) } catch { throw tooFewThreads(error.reason) }
    }

    /// Raises the soft limit to what so many workers need.
    ///
    /// - Throws: a failure that names the `--concurrency` that works, when the hard limit is too low.
    static func makeFiles(forWorkers workers: Int) throws {
        let needed = files + filesPerWorker * workers
        let limit = OpenFiles.raiseLimit(to: needed)
        guard limit < needed else { return }
        let possible = (limit - files) / filesPerWorker
        let advice =
            possible > 0
            ? "Give --concurrency \(possible), or raise the limit (ulimit -Hn)."
            : "Raise it to \(files + filesPerWorker) at least (ulimit -Hn)."
        throw CommandFailure.usage(
            "--concurrency \(workers) takes up to \(needed) open files, and this process may have \(limit). \(advice)"
        )
    }

    private static func tooFewThreads(_ what: String) -> CommandFailure {
        CommandFailure(
            message:
                "The system gives this process too few threads (\(what)). Raise the limit of processes (ulimit -u, "
                + "a container's pids limit), then run again. Nothing was sent.",
            code: 69
        )
    }
}
