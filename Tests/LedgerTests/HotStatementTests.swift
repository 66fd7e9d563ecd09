import GRDB
import Ledger
import Testing

@testable import SQLiteLedger

@Suite("A statement that is run for each row")
struct HotStatementTests {
    private let connection: DatabaseQueue

    init() throws {
        connection = try DatabaseQueue()
        try connection.write { database in
            try database.execute(sql: "CREATE TABLE notes (id INTEGER PRIMARY KEY, number ANY, text ANY) STRICT")
        }
    }

    @Test("keeps each value as it is, short or long, empty or missing")
    func values() throws {
        let numbers: [Int64?] = [0, .min, .max, nil]
        let texts: [String?] = ["", nil, "é🔑", String(repeating: "long ", count: 1000)]
        let insert = HotStatement("INSERT INTO notes (number, text) VALUES (?, ?)")
        try connection.write { database in
            for (place, (number, text)) in zip(numbers, texts).enumerated() {
                let row = try insert.insert(in: database) {
                    $0.append(number)
                    $0.append(text)
                }
                #expect(row == Int64(place + 1))
            }
            let rows = try Row.fetchAll(
                database,
                sql: "SELECT number, text, typeof(text) AS type FROM notes ORDER BY id"
            )
            #expect(rows.map { $0["number"] as Int64? } == numbers)
            #expect(rows.map { $0["text"] as String? } == texts)
            #expect(rows.map { $0["type"] as String } == ["text", "null", "text", "text"])
        }
    }

    @Test("is run again with other values, and says how many rows it has changed")
    func changes() throws {
        let insert = HotStatement("INSERT INTO notes (number) VALUES (?)")
        let delete = HotStatement("DELETE FROM notes WHERE number < ?")
        try connection.write { database in
            for number in 1...5 { try insert.run(in: database) { $0.append(number) } }
            let changed = try [3, 3, 6].map { limit in try delete.run(in: database) { $0.append(limit) } }
            #expect(changed == [2, 0, 3])
        }
    }

    @Test("reads the first row, or nothing where there is none, and a value of another type is unreadable")
    func reading() throws {
        let find = HotStatement("SELECT number, text FROM notes WHERE id = ?")
        try connection.write { database in
            try database.execute(sql: "INSERT INTO notes VALUES (1, 7, 'seven'), (2, NULL, NULL), (3, 'x', 9)")
            func first<Value>(_ row: Int, _ read: (HotRow) throws -> Value) throws -> Value? {
                try find.first(in: database, { $0.append(row) }, read: read)
            }
            #expect(try first(1) { try $0.integer(0) } == 7)
            #expect(try first(1) { try $0.text(1) } == "seven")
            #expect(try first(2) { try $0.optionalInteger(0) } == .some(nil))
            #expect(try first(2) { try $0.text(1) } == .some(nil))
            #expect(try first(4) { try $0.integer(0) } == nil)
            #expect(throws: UnreadableValue.self) { try first(2) { try $0.integer(0) } }
            #expect(throws: UnreadableValue.self) { try first(3) { try $0.integer(0) } }
            #expect(throws: UnreadableValue.self) { try first(3) { try $0.text(1) } }
        }
    }

    @Test("a value that SQLite refuses is an error that does not show it, and the next run is not harmed")
    func refusal() throws {
        let insert = HotStatement("INSERT INTO notes (number) VALUES (?)")
        try connection.write { database in
            let error = #expect(throws: DatabaseError.self) {
                try insert.run(in: database) {
                    $0.append(1)
                    $0.append("too many")
                    $0.append(2)
                }
            }
            #expect(error?.description == "SQLite error 25: column index out of range")
            try insert.run(in: database) { $0.append(3) }
            #expect(try Int.fetchAll(database, sql: "SELECT number FROM notes") == [3])
        }
    }
}
