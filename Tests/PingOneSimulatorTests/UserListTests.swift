import Testing

@testable import PingOneSimulator

@Suite("Lists of users")
struct UserListTests {
    private static let first = "788d4931-6936-43f2-82ff-178f5762298a"
    private static let second = "b7b3ba6e-1a2f-4c8e-9d5e-9c2b6f6a1c01"

    @Test(
        "users are found in the column userID, else in the first one",
        arguments: [
            "\(first)\n\(second)", "\(first)\r\n\(second.uppercased())\r\n\(first)\r\n", "id\n\(first)\n\(second)\n",
            "externalId,User_ID\n1,\(first)\n2,\(second)\n", "\u{FEFF}userID,x\n\"\(first)\",\"a,b\"\n\(second),c\n",
            "a,userid\n\"x,y\", \(first) \n,\(second)\n", "a,userid\n\"x\ny\",\(first)\n,\(second)",
        ]
    )
    func users(text: String) throws {
        let list = UserList(text: text.utf8)
        #expect(list.ids == [ResourceID(Self.first), ResourceID(Self.second)])
        #expect(list.count == 2)
        #expect(list.skippedRows == 0)
    }

    @Test("lines without a UUID are skipped and counted")
    func skipped() {
        let list = UserList(text: "userID,externalId\n\(Self.first),1\nnobody,2\n\n,3\n\(Self.second),4\n".utf8)
        #expect(list.count == 2)
        #expect(list.skippedRows == 2)
    }

    @Test("the columns username, email and externalId say what users are called")
    func attributes() throws {
        let list = UserList(
            text: #"""
                External_ID,User-Name,EMAIL,userID,other
                00123,"Jones, ""Les""","a@example.com",\#(Self.first),x
                ,,,\#(Self.second),
                7,again,,\#(Self.first),

                """#.utf8
        )
        let first = try #require(ResourceID(Self.first))
        let given = UserList.Attributes(username: #"Jones, "Les""#, email: "a@example.com", externalID: "00123")
        #expect(list.attributes == [first: given])
    }

    @Test("a user name that somebody has is not given again, nor one that is made of another user's id")
    func repeatedUsernames() {
        let third = "788d4931-6936-43f2-82ff-178f5762298b"
        let list = UserList(
            text: """
                userID,username,email
                \(Self.first),Leslie,same@example.com
                \(Self.second),LESLIE,same@example.com
                \(third),user-\(Self.first)@example.com,
                """.utf8
        )
        #expect(list.count == 3)
        #expect(list.repeatedUsernames == 2)
        #expect(list.skippedRows == 0)
        #expect(list.attributes.values.compactMap(\.username) == ["Leslie"])
        #expect(list.attributes.values.compactMap(\.email) == ["same@example.com", "same@example.com"])
    }

    @Test("a file that is not there is named")
    func missing() {
        #expect { try UserList(path: "/nonexistent/users.csv") } throws: { error in
            "\(error)" == "Cannot read /nonexistent/users.csv: there is no such file. "
                + "Give --users a file that you may read."
        }
    }
}
