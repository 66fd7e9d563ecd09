import Testing

@testable import PostgresLedger

@Suite("The address of a ledger's database")
struct PostgresAddressTests {
    @Test(
        "is shown as it was written, without passwords",
        arguments: [
            ("postgresql://u:secret@h/d", "postgresql://u@h/d"),
            ("postgres://u:secret@h:5432/d?sslmode=verify-full", "postgres://u@h:5432/d?sslmode=verify-full"),
            ("postgresql:///d?host=/tmp&password=secret&port=5433", "postgresql:///d?host=/tmp&port=5433"),
            ("postgresql://u@h/d?sslpassword=secret", "postgresql://u@h/d"),
            ("postgresql://u:se?cret@h/d", "postgresql://u@h/d"),
            ("postgresql://u@h/d?pass%77ord=secret", "postgresql://u@h/d"),
            ("postgresql://u:secret@%2Ftmp%2Fx/d", "postgresql://u@%2Ftmp%2Fx/d"),
        ]
    )
    func name(uri: String, name: String) throws {
        let address = try PostgresAddress(uri)
        #expect(address.name == name)
        #expect(address.hasPassword)
        #expect(try !PostgresAddress(address.name).hasPassword)
    }

    @Test("without a password it is shown as it was written")
    func plain() throws {
        let uri = "postgresql://u@a:1,b:2/d?target_session_attrs=read-write&application_name=x"
        let address = try PostgresAddress(uri)
        #expect(address.name == uri)
        #expect(!address.hasPassword)
    }

    @Test(
        "in which a password would be taken for something else is none, and the message does not repeat it",
        arguments: ["postgresql://u:p/secret@h/d", "postgresql://u:p@secret@h/d", "postgresql://u:secret%zz@h/d"]
    )
    func malformed(uri: String) {
        #expect {
            try PostgresAddress(uri)
        } throws: { error in
            !"\(error)".contains("secret") && !"\(error)".contains("p@")
        }
    }

    @Test("a schema has a name that PostgreSQL takes", arguments: ["", "pg_x", String(repeating: "x", count: 64)])
    func schema(name: String) {
        #expect(throws: PostgresAddress.Mistake.schema) { try PostgresAddress("postgresql://h/d", schema: name) }
    }
}
