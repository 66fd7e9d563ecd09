package import Ledger

extension PostgresLedgerReader {
    package func lookUp(_ candidates: [Candidate]) throws(LedgerError) -> [KnownLink?] {
        try read { try LinkLookUp($0, thisRun: nil).find(candidates.map(\.key)) }
    }

    package func lookUp(_ aliases: [LinkAlias]) throws(LedgerError) -> [KnownLink?] {
        try read { try LinkLookUp($0, thisRun: nil).find(aliases) }
    }

    package func rivals(of candidates: [Candidate]) throws(LedgerError) -> [RivalClaim?] {
        try read { connection in
            let links = LinkLookUp(connection, thisRun: nil)
            return try links.rivals(of: candidates, known: links.find(candidates.map(\.key)))
        }
    }

    package func missingLinks() throws(LedgerError) -> Set<Ticket> {
        try read { try LedgerQueries($0).missingLinks() }
    }

    package func kinds() throws(LedgerError) -> Set<RunKind> {
        try read { try LedgerQueries($0).kinds() }
    }

    package func linkedRows(ofInput inputName: String, environment: String) throws(LedgerError) -> Int {
        try read { try LedgerQueries($0).linkedRows(ofInput: inputName, environment: environment) }
    }
}
