import JSON
import Ledger
import LedgerTestKit
import PingOneAPI
import Reporting
import SQLiteLedger
import SQLiteTestKit
import TestKit
import Testing

@Suite("The rows of a verification, exported")
struct VerificationExportTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    /// Three rows: one that is there with an extra link beside it, one that is not, one that was not read.
    private func export(_ format: RecordFormat) throws -> String {
        let ledger = try openRun(folder.path("users.csv.ledger"))
        let texts = ["00123", "say \"hi\", 1e5", "=1+1"]
        for (index, text) in texts.enumerated() {
            let settlement = Settlement(state: .linked, evidence: .reply, linkedAccountID: "la-\(index + 1)")
            try ledger.settle(candidate(index + 1, account: text), as: settlement)
        }
        _ = try ledger.beginVerification(environment: environment, isAnew: false)
        let rows = try ledger.rowsToVerify(from: 0, count: 3)
        let tickets = rows.compactMap(\.ticket)
        let extra = UserCheck.Extra(identityProviderID: provider, externalID: "beside", linkedAccountID: "la-9")
        ledger.record(UserCheck(findings: [.init(ticket: tickets[0], result: .match)], extras: [extra])) { _ in }
        let different = UserCheck.RowResult(ticket: tickets[1], result: .different, foundExternalID: "a,b")
        ledger.record(UserCheck(findings: [different], extras: [])) { _ in }
        try ledger.flush()
        var bytes: [UInt8] = []
        try VerificationExport.write(ledger, format: format) { bytes += $0 }
        try ledger.finish()
        return String(decoding: bytes, as: UTF8.self)
    }

    private let user = "00000000-0000-4000-8000-10000000000"

    @Test("as CSV, one record for each row, and one without a line for each link that no row accounts for")
    func csv() throws {
        #expect(
            try export(.csv) == """
                line,user_id,identity_provider_id,external_id,linked_account_id,result,found_external_id
                2,\(user)1,\(provider),00123,la-1,match,
                ,\(user)1,\(provider),,la-9,extra,beside
                3,\(user)2,\(provider),"say ""hi"", 1e5",la-2,different,"a,b"
                4,\(user)3,\(provider),=1+1,la-3,unknown,

                """
        )
    }

    @Test("as JSON lines, what is missing as null")
    func jsonLines() throws {
        let lines = try export(.jsonl).split(separator: "\n").map { try JSONValue(parsing: String($0)) }
        let members = lines.map { line -> [String] in
            guard case .object(let members) = line else { return [] }
            return members.map(\.name)
        }
        #expect(members == Array(repeating: VerificationExport.columns, count: 4))
        #expect(lines.map { $0["line"]?.integer } == [2, nil, 3, 4])
        #expect(lines.map { $0["external_id"]?.string } == ["00123", nil, "say \"hi\", 1e5", "=1+1"])
        #expect(lines.map { $0["result"]?.string } == ["match", "extra", "different", "unknown"])
        #expect(lines.map { $0["found_external_id"]?.string } == [nil, "beside", "a,b", nil])
    }
}
