import CSVReading
import Foundation
import JSON
import Ledger
import LedgerTestKit
import PingOneAPI
import Reporting
import SQLiteLedger
import SQLiteTestKit
import TestKit
import Testing

@Suite("The rows of a ledger, exported")
struct ResultExportTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private static let header =
        "key,line,source,user_id,external_id,identity_provider_id,state,evidence,linked_account_id,http_status,"
        + "error_code,error_detail,error_id,correlation_id,attempts,posts,latency_ms,run_id,updated_at"

    /// External ids that programs like to change.
    private static let texts = [
        "00123", "12345678901234567890", "1e5", "=1+1", "@SUM(A1)", "-7", "say \"hi\"", "a,b;c", "two\r\nlines", "\n",
        " padded ", "\ttab", "😀 é e\u{301}", "\u{FEFF}bom", "null", "\\", "'", "\u{2028}",
    ]

    private func export(
        _ path: String,
        _ format: RecordFormat,
        states: Set<LinkState>? = nil
    ) throws -> String {
        var bytes: [UInt8] = []
        try ResultExport.write(
            SQLiteLedgerReader(path: path),
            format: format,
            states: states.map { Set($0.map(\.rawValue)) }
        ) {
            bytes += $0
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The fields of an exported file, read by our own reader.
    private func records(_ csv: String) throws -> [[String]] {
        var reader = CSVReader(InputSource(bytes: Array(csv.utf8), name: "export.csv"))
        var record = CSVRecord()
        var records: [[String]] = []
        while try reader.next(into: &record) {
            records.append((0..<record.fieldCount).map { record.text($0) })
        }
        return records
    }

    /// One link with every column, one with few, and an invalid row.
    private func threeRows() throws -> String {
        let path = folder.path("users.csv.ledger")
        let ledger = try openRun(path)
        try ledger.settle(
            candidate(1),
            as: Settlement(
                state: .linked,
                evidence: .readBack,
                linkedAccountID: "21fc98ed",
                httpStatus: 200,
                errorCode: "CODE",
                errorDetail: "DETAIL (target)",
                errorID: "6c796712",
                correlationID: "c-1",
                attempts: 3,
                posts: 2,
                latency: .milliseconds(45)
            )
        )
        try ledger.settle(candidate(2), as: Settlement(state: .failed, attempts: 5))
        try ledger.recordInvalid([
            InvalidRow(line: 4, content: 9, errorCode: "EMPTY_ID", errorDetail: "externalId is empty")
        ])
        try ledger.finish(exitCode: 1)
        return path
    }

    @Test("as CSV, each row with the columns of the view")
    func csv() throws {
        let csv = try export(try threeRows(), .csv)
        let records = try records(csv)
        try #require(records.count == 4)
        #expect(csv.hasPrefix(Self.header + "\n"))
        #expect(csv.hasSuffix("\n"))
        #expect(records[0] == ResultExport.columns)
        #expect(
            records[1].dropFirst() == [
                "2", "users.csv", "00000000-0000-4000-8000-100000000001", "account 1", provider, "linked", "read-back",
                "21fc98ed", "200", "CODE", "DETAIL (target)", "6c796712", "c-1", "3", "2", "45", "run-1", momentText,
            ]
        )
        #expect(
            records[2].dropFirst() == [
                "3", "users.csv", "00000000-0000-4000-8000-100000000002", "account 2", provider, "failed", "", "", "",
                "",
                "", "", "", "5", "0", "", "run-1", momentText,
            ]
        )
        #expect(
            records[3].dropFirst() == [
                "4", "users.csv", "", "", "", "invalid", "", "", "", "EMPTY_ID", "externalId is empty", "", "", "0",
                "0",
                "", "run-1", momentText,
            ]
        )
        #expect(Set(records.map { $0[0] }).count == 4, "each key is another one")
    }

    @Test("as JSON lines, numbers as numbers and what is missing as null")
    func jsonLines() throws {
        let lines = try export(try threeRows(), .jsonl).split(separator: "\n", omittingEmptySubsequences: false)
        try #require(lines.count == 4)
        #expect(lines[3].isEmpty, "the last line ends, too")
        let withoutKeys = try lines.dropLast().map { line in
            guard case .object(let members) = try JSONValue(parsing: String(line)) else { return "" }
            #expect(members.map(\.name) == ResultExport.columns)
            return JSONValue.object(Array(members.dropFirst())).text
        }
        let row = #""identity_provider_id":"302990c0-289d-40ec-a2ff-e7c7fd0cca63","#
        let end = #""run_id":"run-1","updated_at":"\#(momentText)"}"#
        #expect(
            withoutKeys == [
                #"{"line":2,"source":"users.csv","user_id":"00000000-0000-4000-8000-100000000001","#
                    + #""external_id":"account 1",\#(row)"state":"linked","evidence":"read-back","#
                    + #""linked_account_id":"21fc98ed","http_status":200,"error_code":"CODE","#
                    + #""error_detail":"DETAIL (target)","error_id":"6c796712","correlation_id":"c-1","attempts":3,"#
                    + #""posts":2,"latency_ms":45,\#(end)"#,
                #"{"line":3,"source":"users.csv","user_id":"00000000-0000-4000-8000-100000000002","#
                    + #""external_id":"account 2",\#(row)"state":"failed","evidence":null,"linked_account_id":null,"#
                    + #""http_status":null,"error_code":null,"error_detail":null,"error_id":null,"#
                    + #""correlation_id":null,"attempts":5,"posts":0,"latency_ms":null,\#(end)"#,
                #"{"line":4,"source":"users.csv","user_id":null,"external_id":null,"identity_provider_id":null,"#
                    + #""state":"invalid","evidence":null,"linked_account_id":null,"http_status":null,"#
                    + #""error_code":"EMPTY_ID","error_detail":"externalId is empty","error_id":null,"#
                    + #""correlation_id":null,"attempts":0,"posts":0,"latency_ms":null,\#(end)"#,
            ]
        )
    }

    @Test("both formats keep every external id as it is, byte by byte")
    func texts() throws {
        let path = folder.path("users.csv.ledger")
        let ledger = try openRun(path)
        for (number, text) in Self.texts.enumerated() {
            try ledger.settle(candidate(number, account: text), as: Settlement(state: .linked, evidence: .reply))
        }
        try ledger.finish()
        let expected = Self.texts.map { Array($0.utf8) }
        let fromCSV = try records(try export(path, .csv)).dropFirst().map { Array($0[4].utf8) }
        #expect(fromCSV == expected)
        let fromJSON = try export(path, .jsonl).utf8.split(separator: UInt8(ascii: "\n")).map { line in
            Array((try JSONValue(parsing: line)["external_id"]?.string ?? "").utf8)
        }
        #expect(fromJSON == expected)
    }

    @Test(
        "only the rows in the states that were asked for",
        arguments: [
            ([.linked], ["linked"]), ([.failed, .invalid], ["failed", "invalid"]), ([.undone], []), ([], []),
            (Set(LinkState.allCases), ["linked", "failed", "invalid"]),
        ] as [(Set<LinkState>, [String])]
    )
    func states(states: Set<LinkState>, expected: [String]) throws {
        let path = try threeRows()
        #expect(try records(try export(path, .csv, states: states)).map { $0[6] } == ["state"] + expected)
        let lines = try export(path, .jsonl, states: states).split(separator: "\n")
        #expect(try lines.map { try JSONValue(parsing: String($0))["state"]?.string } == expected)
    }

    @Test("a ledger without rows is a header, or nothing")
    func empty() throws {
        let path = folder.path("users.csv.ledger")
        try openRun(path).finish()
        #expect(try export(path, .csv) == Self.header + "\n")
        #expect(try export(path, .jsonl) == "")
    }

    @Test("many rows come in pieces, none of them large", arguments: RecordFormat.allCases)
    func pieces(format: RecordFormat) throws {
        let path = folder.path("users.csv.ledger")
        let ledger = try openRun(path)
        _ = try ledger.admit((0..<2000).map { candidate($0) }) { _, _ in true }
        try ledger.finish()
        var pieces: [[UInt8]] = []
        try ResultExport.write(SQLiteLedgerReader(path: path), format: format, states: nil) { pieces.append($0) }
        #expect(pieces.allSatisfy { $0.count < 1 << 17 })
        #expect(pieces.count(where: { !$0.isEmpty }) > 2)
        let lines = pieces.joined().count { $0 == UInt8(ascii: "\n") }
        #expect(lines == (format == .csv ? 2001 : 2000))
    }

    @Test("what the writer throws ends the export")
    func failingWriter() throws {
        struct Full: Error {}
        let path = try threeRows()
        #expect(throws: Full.self) {
            try ResultExport.write(SQLiteLedgerReader(path: path), format: .csv, states: nil) { _ in throw Full() }
        }
    }
}
