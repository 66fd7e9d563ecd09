import Glibc

/// A mutex for what every request passes, on all worker threads: it goes to whoever runs when it is free.
///
/// `Synchronization.Mutex` is a futex with priority inheritance on Linux, which goes to the thread that has waited longest.
/// With many threads on few cores that thread must first be woken, the others queue up meanwhile, and soon each use costs a
/// change of threads (a lock convoy). Measured on 2 cores with 64 workers: 1.5 times the requests per second, and two
/// thirds of the CPU time, with this one. Everything else keeps the one of the standard library.
///
/// The body must be short, must not wait for another thread, and must not use the same mutex again.
@safe package final class HotMutex<Value: ~Copyable & Sendable>: @unchecked Sendable {
    // Sendable: `value` is touched between lock and unlock only, and is Sendable itself; the pointer never changes.
    private var value: Value
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>

    package init(_ value: consuming Value) {
        self.value = value
        unsafe mutex = .allocate(capacity: 1)
        unsafe mutex.initialize(to: pthread_mutex_t())
        let code = unsafe pthread_mutex_init(mutex, nil)
        precondition(code == 0, "a mutex could not be made (error \(code))")
    }

    deinit {
        unsafe pthread_mutex_destroy(mutex)
        unsafe mutex.deallocate()
    }

    /// Calls `body` with the value while no other thread does.
    package func withLock<Result: ~Copyable, Failure: Error>(
        _ body: (inout Value) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        unsafe pthread_mutex_lock(mutex)
        defer { unsafe pthread_mutex_unlock(mutex) }
        return try body(&value)
    }
}
