import Glibc

/// The three descriptors that every program takes for granted.
package enum StandardDescriptors {
    /// Opens those that the caller has closed (`>&-`) on the null device.
    ///
    /// To be called before anything else: a lock, a socket or a ledger would get the free number, and be written to as
    /// standard output or error.
    package static func openMissing() {
        for descriptor in CInt(0)...2 where fcntl(descriptor, F_GETFD) < 0 {
            // It gets the lowest number that is free: this one.
            _ = unsafe open("/dev/null", O_RDWR)
        }
    }
}
