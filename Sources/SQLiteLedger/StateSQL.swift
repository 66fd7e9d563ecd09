import Ledger

extension LinkState {
    /// For SQL: the numbers of the states in which a link is there.
    static let linkedCodes = "\(linked.code), \(alreadyLinked.code)"
}

extension LinkDoubt {
    /// For SQL, over `links`: whether a row may be linked, or not be linked any more, though its state does not say so.
    static let isInDoubt =
        "(state IN (\(LinkState.unsettled.code), \(LinkState.intended.code)) OR ifnull(doubt = \(linking.code), 0))"
}
