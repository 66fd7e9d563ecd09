import Glibc

/// The time since the machine was started, also while it was suspended: by it a process measures how old its lease is.
enum BootClock {
    static var now: Duration {
        var time = timespec()
        let code = unsafe clock_gettime(CLOCK_BOOTTIME, &time)
        precondition(code == 0, "the clock cannot be read (error \(errno))")
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }
}
