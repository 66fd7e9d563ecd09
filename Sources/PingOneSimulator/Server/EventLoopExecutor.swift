import NIOCore

/// Runs a server's tasks on the event loop that reads and writes its sockets.
///
/// A request then never changes threads, which on few cores is a good part of its cost, and a test that blocks the
/// threads of its own tasks does not block the simulator.
final class EventLoopExecutor: TaskExecutor {
    private let loop: any EventLoop

    init(_ loop: any EventLoop) {
        self.loop = loop
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        loop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
