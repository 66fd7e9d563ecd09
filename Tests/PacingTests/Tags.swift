import Testing

extension Tag {
    /// Holds for many seeds; the seed is the argument.
    @Tag static var property: Self
}
