import Pacing

extension Delivery {
    /// Does what the delivery says until it has its end, on the thread of one worker.
    ///
    /// - Parameters:
    ///   - session: waits, and knows whether the run has ended.
    ///   - post: sends the POST once; it is told whether that repeats a failed attempt.
    ///   - look: reads whether the thing is there.
    /// - Returns: its end.
    package mutating func run(in session: APISession, post: (_ isRetry: Bool) -> Answer, look: () -> Reading) -> End {
        while true {
            switch next(isStopped: session.control.signal.isRaised) {
            case .end(let end): return end
            case .wait(let failures, let retryAfter):
                _ = session.waitToRetry(failures: failures, retryAfter: retryAfter)
            case .read: read(look())
            case .post(let isRetry): posted(post(isRetry))
            }
        }
    }
}
