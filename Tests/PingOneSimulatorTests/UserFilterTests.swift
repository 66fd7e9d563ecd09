import Testing

@testable import PingOneSimulator

@Suite("Filters of users")
struct UserFilterTests {
    @Test(
        "names count in any case, values as their attribute has it",
        arguments: [
            (#"username eq "Leslie""#, UserFilter(.username, "leslie")),
            (#"EMAIL Eq "A@Example.com""#, UserFilter(.email, "a@example.com")),
            (#"externalid EQ "Ab""#, UserFilter(.externalID, "Ab")),
            (#"  username  eq   "a b"  "#, UserFilter(.username, "a b")),
            (#"username eq "a\"b\\c\u00e9\ud83d\ude42\/""#, UserFilter(.username, #"a"b\cé🙂/"#)),
            (#"username eq "a\" or email eq \"b""#, UserFilter(.username, #"a" or email eq "b"#)),
            (#"username eq """#, UserFilter(.username, "")),
        ]
    )
    func reading(text: String, filter: UserFilter) throws {
        #expect(try UserFilter(text) == filter)
    }

    @Test("an external id is compared exactly")
    func externalID() {
        #expect(UserFilter(.externalID, "A") != UserFilter(.externalID, "a"))
    }

    @Test(
        "anything else is refused",
        arguments: [
            "", "username", "username eq", "username eq leslie", "username eq 'leslie'", #"username eq "leslie"#,
            #"username eq leslie""#, #"username sw "a""#, #"name.given eq "a""#, #"username eq "a" and email eq "b""#,
            #"(username eq "a")"#, #"not (username eq "a")"#, "username eq 7", "username eq null", "username pr",
            #"username eq "\x""#, #"username eq "\u00e""#, #"username eq "\ud83d""#, "username eq \"a\nb\"",
            #"username+eq+"a""#, #"usernameeq"a""#,
        ]
    )
    func refused(text: String) {
        #expect(throws: APIProblem.invalidData([.invalidFilter])) { try UserFilter(text) }
    }
}
