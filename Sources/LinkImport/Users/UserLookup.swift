import Dispatch
import Pacing
import PingOneAPI
import PingOneClient
import Synchronization

/// Finds out who is meant by the names of a batch of rows: from the list of all users, where there is one, else on the
/// run's workers, each name once for as long as it is remembered.
///
/// Belongs to the reader's thread.
struct UserLookup: ~Copyable {
    private let workers: WorkerPool
    private let session: APISession
    private let watch: FailureWatch
    private var memory = UserMemory()
    private var isFirstDone = false
    /// How the list is made; nil once that has been tried.
    private var indexing: UserIndexing?
    private var index: UserIndex?

    /// `watch` is told of look-ups without an answer, so that it ends a run that has no others; `indexing`: nil where no
    /// names are looked up.
    init(workers: WorkerPool, session: APISession, watch: FailureWatch, indexing: UserIndexing?) {
        self.workers = workers
        self.session = session
        self.watch = watch
        self.indexing = indexing
    }

    /// Blocks until each name has its finding, or the run has ended. The first look-up of a run is made alone: if none is
    /// permitted or answered, one is enough to know. The users are listed before, if that is worth it: not for a run that
    /// finds nothing to look up.
    ///
    /// - Returns: one finding for each name, in the same order; nil where the run ended before.
    mutating func find(_ names: [UserName]) -> [UserFinding?] {
        guard !session.control.signal.isRaised else { return names.map { _ in nil } }
        var findings: [UserName: UserFinding] = [:]
        var open: [UserName] = []
        var seen: Set<UserName> = []
        if let indexing = indexing.take() {
            index = list(indexing)
            // A list that was read has shown that users can be had.
            isFirstDone = index != nil
        }
        for name in names where seen.insert(name).inserted {
            if let finding = memory[name] ?? index?.finding(name) {
                findings[name] = finding
            } else {
                open.append(name)
            }
        }
        let alone = isFirstDone ? 0 : 1
        for part in [open.prefix(alone), open.dropFirst(alone)] where !part.isEmpty {
            for (name, finding) in search(part) {
                if case .nobody(.failed(let problem)) = finding {
                    note(problem)
                } else {
                    memory.keep(finding, of: name)
                }
                findings[name] = finding
            }
            isFirstDone = true
        }
        return names.map { findings[$0] }
    }

    private func note(_ problem: RowProblem) {
        if !isFirstDone {
            session.control.stop(.unreachable(reason: "users cannot be looked up (\(problem.reason))"))
        }
        watch.note(.init(problem, isRefusal: false), isCanary: false)
    }

    private func list(_ indexing: UserIndexing) -> UserIndex? {
        let made = Mutex<UserIndex?>(nil)
        let group = DispatchGroup()
        group.enter()
        workers.submit { caller in
            let index = indexing.make(caller)
            made.withLock { $0 = index }
            group.leave()
        }
        group.wait()
        return made.withLock { $0 }
    }

    private func search(_ names: ArraySlice<UserName>) -> [(UserName, UserFinding)] {
        let found = Mutex<[(UserName, UserFinding)]>([])
        let group = DispatchGroup()
        for name in names {
            group.enter()
            workers.submit { [session] caller in
                if let finding = UserSearch(caller: caller, session: session).find(name) {
                    found.withLock { $0.append((name, finding)) }
                }
                group.leave()
            }
        }
        group.wait()
        return found.withLock { $0 }
    }
}
