extension KnownLink {
    /// Whether the link is there or may be: then its account is this row's own, and nobody else's claim counts.
    package var mayBeLinked: Bool { [.linked, .alreadyLinked].contains(state) || doubt != nil }
}
