import Testing

extension Trait where Self == TimeLimitTrait {
    /// Longer than any test takes on a busy machine; ends one whose program hangs.
    static var patient: Self { .timeLimit(.minutes(10)) }
}
