import Testing

/// Gives all tests of a suite one simulator, for those that leave no trace in it.
struct SharedSimulator: SuiteTrait, TestScoping {
    @TaskLocal static var current: RunningSimulator?

    func provideScope(
        for test: Test,
        testCase: Test.Case?,
        performing body: @Sendable () async throws -> Void
    ) async throws {
        try await RunningSimulator.with([]) { simulator in
            try await Self.$current.withValue(simulator) { try await body() }
        }
    }
}

extension Trait where Self == SharedSimulator {
    static var sharedSimulator: Self { SharedSimulator() }
}
