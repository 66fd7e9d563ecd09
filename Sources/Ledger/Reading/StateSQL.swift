extension LinkState {
    /// For the SQL of every store: the numbers of the states in which a link is there.
    package static let linkedCodes = "\(linked.code), \(alreadyLinked.code)"

    /// For the SQL of every store: the numbers of the states that an answer, or the lack of one, has put a row in.
    package static let settledCodes = [linked, alreadyLinked, rejected, failed, unsettled].map { String($0.code) }
        .joined(separator: ", ")
}

extension LinkDoubt {
    /// For the SQL of every store, over `links`: whether a row may be linked, or not be linked any more, though its state
    /// does not say so.
    package static let isInDoubt =
        "(state IN (\(LinkState.unsettled.code), \(LinkState.intended.code)) OR coalesce(doubt, 0) = \(linking.code))"

    /// For the SQL of every store, over `links`: whether the link that was made may have been removed.
    package static let isOfUndoing = "(coalesce(doubt, 0) = \(undoing.code))"
}

extension CheckResult {
    /// For the SQL of every store: the numbers of the results after which a link that was there is none.
    package static let missedCodes = [missing, .different].compactMap(\.code).map(String.init).joined(separator: ", ")
}
