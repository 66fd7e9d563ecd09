import Dispatch
import Glibc

/// A thread of the system's own, which is there or is not: Dispatch would wait for ever for one that it cannot get.
package struct PlainThread: Sendable {
    private let id: pthread_t

    /// Starts it.
    ///
    /// - Throws: a shortage, when the system gives this process no more threads.
    package init(_ body: @escaping @Sendable () -> Void) throws(ThreadShortage) {
        let context = unsafe Unmanaged.passRetained(Body(body)).toOpaque()
        var id = pthread_t()
        var code: CInt = EAGAIN
        // One that has just ended counts for a moment still.
        for _ in 0..<Self.tries where code == EAGAIN {
            code = unsafe pthread_create(&id, nil, run, context)
            if code == EAGAIN { usleep(1000) }
        }
        guard code == 0 else {
            unsafe Unmanaged<Body>.fromOpaque(context).release()
            throw ThreadShortage(reason: unsafe String(cString: strerror(code)))
        }
        self.id = id
    }

    private static let tries = 5

    /// Returns when it has ended. To be called once.
    package func join() {
        pthread_join(id, nil)
    }

    /// How many more threads the system gives this process, `most` at most: it starts them, and lets them end.
    package static func room(upTo most: Int) -> Int {
        let gate = DispatchSemaphore(value: 0)
        var threads: [PlainThread] = []
        while threads.count < most, let thread = try? PlainThread({ gate.wait() }) { threads.append(thread) }
        for _ in threads { gate.signal() }
        for thread in threads { thread.join() }
        return threads.count
    }
}

/// The system gives no more threads.
package struct ThreadShortage: Error, Equatable {
    /// In the system's words.
    package var reason: String
}

private final class Body: Sendable {
    let run: @Sendable () -> Void

    init(_ run: @escaping @Sendable () -> Void) {
        self.run = run
    }
}

private func run(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let context = unsafe context else { preconditionFailure("a thread without its work") }
    let body = unsafe Unmanaged<Body>.fromOpaque(context).takeRetainedValue()
    body.run()
    return nil
}
