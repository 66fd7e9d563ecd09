import Glibc

/// How many descriptors this process may have open at once.
package enum OpenFiles {
    /// Raises the soft limit to `count`, or as far as the hard limit lets it; a higher one stays.
    ///
    /// - Returns: how many it may have open now.
    @discardableResult
    package static func raiseLimit(to count: Int) -> Int {
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        var limit = rlimit()
        guard unsafe getrlimit(resource, &limit) == 0, limit.rlim_cur < rlim_t(count) else { return count }
        limit.rlim_cur = min(rlim_t(count), limit.rlim_max)
        _ = unsafe setrlimit(resource, &limit)
        _ = unsafe getrlimit(resource, &limit)
        return Int(clamping: limit.rlim_cur)
    }
}
