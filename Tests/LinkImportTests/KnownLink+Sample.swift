import Ledger

extension KnownLink {
    /// A row of an earlier run that was tried once, with content 1.
    static func sample(_ state: LinkState) -> KnownLink {
        KnownLink(
            state: state,
            content: 1,
            attempts: 1,
            posts: 1,
            line: 2,
            isOfThisRun: false,
            row: 1,
            run: 1,
            updatedMilliseconds: 0
        )
    }
}
