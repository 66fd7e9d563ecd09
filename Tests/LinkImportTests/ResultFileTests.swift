import CSVReading
import Foundation
import Ledger
import PingOneAPI
import SeededRandom
import TestKit
import Testing

@testable import LinkImport
@testable import LinkRows
@testable import PingOneClient

@Suite("The files with rows that did not get through")
struct ResultFileTests {
    private let folder: TemporaryFolder
    private let path: String

    init() throws {
        folder = try TemporaryFolder()
        path = folder.path("rejects.csv")
    }

    private func file(_ header: String...) throws -> ResultFile {
        let plan = try ColumnPlan(
            header: CSVRecord(line: 1, fields: header),
            options: ColumnPlan.Options(ignoring: ["*"])
        )
        return ResultFile(path: path, plan: plan, delimiter: .comma)
    }

    private let problem = RowProblem(httpStatus: 404, code: "NOT_FOUND")
    private let hint =
        "Check that the user is in this environment and visible to the worker application. "
        + "Then use --retry not-found."

    @Test("rows keep their text and get four columns more")
    func columns() throws {
        var file = try file("userID", "externalId", "note")
        try file.append(
            CSVRecord(line: 2, fields: ["a", "00123", "say \"hi\", you"]),
            state: .rejected,
            problem: problem
        )
        try file.finish()
        #expect(file.rows == 1)
        #expect(
            try folder.text("rejects.csv")
                == """
                userID,externalId,note,pinglink_line,pinglink_state,pinglink_error,pinglink_hint
                a,00123,"say ""hi"", you",2,rejected,HTTP 404 NOT_FOUND,\(hint)

                """
        )
    }

    @Test("rows stand in the order of the input, in whatever order they end", arguments: 0..<10)
    func order(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let note = String(repeating: "a line\nand \"another\", ", count: 500)
        var file = try file("userID", "externalId", "note")
        for line in (2..<200).shuffled(using: &random) {
            let record = CSVRecord(line: line, fields: ["user-\(line)", "account-\(line)", note])
            try file.append(record, state: .rejected, problem: problem)
        }
        try file.finish()
        let quoted = "\"" + note.replacingOccurrences(of: "\"", with: "\"\"") + "\""
        #expect(
            try folder.text("rejects.csv")
                == "userID,externalId,note,pinglink_line,pinglink_state,pinglink_error,pinglink_hint\n"
                + (2..<200).map { "user-\($0),account-\($0),\(quoted),\($0),rejected,HTTP 404 NOT_FOUND,\(hint)\n" }
                .joined()
        )
    }

    @Test("the columns of an earlier run are written anew, wherever they stand")
    func ownColumns() throws {
        var file = try file("pinglink_hint", "userID", "pinglink_line", "externalId")
        try file.append(CSVRecord(line: 9, fields: ["old", "a", "2", "x"]), state: .rejected, problem: problem)
        try file.finish()
        #expect(
            try folder.text("rejects.csv")
                == "userID,externalId,pinglink_line,pinglink_state,pinglink_error,pinglink_hint\n"
                + "a,x,9,rejected,HTTP 404 NOT_FOUND,\(hint)\n"
        )
    }

    @Test("a row whose fields have moved stays one that is not sent, run after run")
    func shifted() throws {
        let header = CSVRecord(line: 1, fields: ["userID", "externalId"] + ResultFile.columns)
        let plan = try ColumnPlan(header: header, options: ColumnPlan.Options())
        let record = CSVRecord(line: 2, fields: ["a", "3", "invalid", "WRONG_FIELD_COUNT", "Quote", ""])
        #expect(plan.isShifted(record))
        var file = ResultFile(path: path, plan: plan, delimiter: .comma)
        try file.append(record, state: .invalid, problem: problem)
        try file.finish()
        let row = try #require(try folder.text("rejects.csv").split(separator: "\n").last)
        #expect(row.hasPrefix("a,3,2,invalid,"))
        #expect(row.hasSuffix(","), "a field more than the header has")
    }

    @Test("a record with too few or too many fields has what was written in the right columns, and stays unfit")
    func wrongFieldCount() throws {
        for count in [1, 2, 4, 5, 7, 8, 9] {
            for header in [["userID", "externalId", "attributes.x"], ["userID", "externalId"] + ResultFile.columns]
            where count != header.count {
                let plan = try ColumnPlan(header: CSVRecord(line: 1, fields: header), options: ColumnPlan.Options())
                var file = ResultFile(path: path, plan: plan, delimiter: .comma)
                let record = CSVRecord(line: 2, fields: (0..<count).map { "f\($0)" })
                guard case .unfit(let issue, _) = binder(plan).read(record) else {
                    Issue.record("\(count) fields")
                    continue
                }
                try file.append(record, state: .invalid, problem: RowProblem(issue))
                try file.finish()
                let written = try records(folder.text("rejects.csv"))
                let columns = written[0].texts
                let line = try #require(columns.firstIndex(of: "pinglink_line"))
                #expect(written[1].text(line) == "2" && written[1].text(line + 1) == "invalid", "\(count) fields")
                let again = try ColumnPlan(header: written[0], options: ColumnPlan.Options())
                guard case .unfit(let repeated, _) = binder(again).read(written[1]) else {
                    Issue.record("\(count) fields below \(header.count) columns are fit the second time")
                    continue
                }
                #expect(repeated.code == "WRONG_FIELD_COUNT")
            }
        }
    }

    @Test("a record that was filled up is fit once its cells are filled, or it is said that they are to be empty")
    func corrected() throws {
        let header = ["userID", "externalId", "attributes.x"] + ResultFile.columns
        let plan = try ColumnPlan(header: CSVRecord(line: 1, fields: header), options: ColumnPlan.Options())
        let user = SampleIDs.user(1)
        let error = "WRONG_FIELD_COUNT, 2 fields where the header has 3"
        for (fields, isFit) in [
            ([user, "a", "", "2", "invalid", error, "Quote"], false),
            ([user, "a", "x", "2", "invalid", error, "Quote"], true),
            ([user, "a", "", "2", "invalid", "", "Quote"], true), ([user, "a", "", "", "", "", ""], true),
        ] {
            let reading = binder(plan).read(CSVRecord(line: 2, fields: fields))
            if case .fit = reading { #expect(isFit) } else { #expect(!isFit) }
        }
    }

    @Test("another delimiter than the common ones is named in the first line")
    func separatorLine() throws {
        for (delimiter, start) in [
            (CSVDelimiter.tab, "userID\t"), (try #require(CSVDelimiter(0x5E)), "sep=^\nuserID^"),
        ] {
            let plan = try ColumnPlan(
                header: CSVRecord(line: 1, fields: ["userID", "externalId"]),
                options: ColumnPlan.Options()
            )
            var file = ResultFile(path: path, plan: plan, delimiter: delimiter)
            for line in [3, 2] {
                try file.append(CSVRecord(line: line, fields: ["a", "b"]), state: .rejected, problem: problem)
            }
            try file.finish()
            #expect(try folder.text("rejects.csv").hasPrefix(start))
        }
    }

    private func binder(_ plan: ColumnPlan) -> RowBinder {
        RowBinder(plan: plan, identityProvider: SampleIDs.provider, defaultUpdate: .emptyOnly)
    }

    private func records(_ text: String) throws -> [CSVRecord] {
        var reader = CSVReader(InputSource(bytes: Array(text.utf8), name: "rejects.csv"))
        var records: [CSVRecord] = []
        var record = CSVRecord()
        while try reader.next(into: &record) { records.append(record) }
        return records
    }

    @Test("only its owner may read it, and a link at its temporary place is not followed")
    func privacy() throws {
        let victim = try folder.write("victim", "precious")
        try FileManager.default.createSymbolicLink(atPath: path + ".part", withDestinationPath: victim)
        var file = try file("userID", "externalId")
        try file.append(CSVRecord(line: 2, fields: ["a", "b"]), state: .rejected, problem: problem)
        try file.finish()
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? NSNumber
        #expect(mode?.intValue == 0o600)
        #expect(try folder.text("victim") == "precious")
        #expect(try folder.names == ["rejects.csv", "victim"])
    }

    @Test("the earlier file stays whole until the new one takes its place")
    func replacement() throws {
        try folder.write("rejects.csv", "old")
        var file = try file("userID", "externalId")
        try file.append(CSVRecord(line: 2, fields: ["a", "b"]), state: .rejected, problem: problem)
        #expect(try folder.text("rejects.csv") == "old")
        try file.finish()
        #expect(try folder.text("rejects.csv").hasPrefix("userID,"))
    }

    @Test("without rows the earlier file goes")
    func absent() throws {
        try folder.write("rejects.csv", "old")
        var file = try file("userID", "externalId")
        try file.finish()
        #expect(!folder.has("rejects.csv"))
    }

    @Test("an earlier file that cannot be removed is told, for its rows are not what they were")
    func notRemoved() throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        var file = try file("userID", "externalId")
        var told: ResultFileError?
        do throws(ResultFileError) { try file.finish() } catch { told = error }
        #expect(told == ResultFileError(path: path, reason: "Is a directory"))
    }

    @Test("a link in its place is replaced or removed, and what it leads to stays as it is")
    func symbolicLink() throws {
        let victim = try folder.write("victim", "precious")
        for hasRows in [true, false] {
            try? FileManager.default.removeItem(atPath: path)
            try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: victim)
            var file = try file("userID", "externalId")
            if hasRows {
                try file.append(CSVRecord(line: 2, fields: ["a", "b"]), state: .rejected, problem: problem)
            }
            try file.finish()
            #expect(try folder.text("victim") == "precious")
            #expect(folder.has("rejects.csv") == hasRows)
            #expect((try? FileManager.default.destinationOfSymbolicLink(atPath: path)) == nil)
        }
    }

    @Test("many rows are all there")
    func many() throws {
        var file = try file("userID", "externalId")
        for line in 2..<5002 {
            try file.append(CSVRecord(line: line, fields: ["a", "b"]), state: .failed, problem: problem)
        }
        try file.finish()
        #expect(try folder.text("rejects.csv").split(separator: "\n").count == 5001)
    }

    @Test("a folder that is not there")
    func unwritable() throws {
        let plan = try ColumnPlan(
            header: CSVRecord(line: 1, fields: ["userID", "externalId"]),
            options: ColumnPlan.Options()
        )
        let path = folder.path("missing/rejects.csv")
        var file = ResultFile(path: path, plan: plan, delimiter: .comma)
        do {
            try file.append(CSVRecord(line: 2, fields: ["a", "b"]), state: .failed, problem: problem)
            Issue.record("it cannot be written")
        } catch {
            #expect(
                error.description
                    == "\(path): cannot be written: No such file or directory. The ledger has every row's result: "
                    + "use pinglink export, or correct that and run again."
            )
        }
    }
}
