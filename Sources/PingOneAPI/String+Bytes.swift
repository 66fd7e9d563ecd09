extension StringProtocol {
    /// The same bytes. Swift's `==` also takes two spellings of one letter (é, e + ´) for equal; ids and names in a
    /// file are not.
    @inlinable package func isSame(as other: some StringProtocol) -> Bool {
        utf8.elementsEqual(other.utf8)
    }
}
