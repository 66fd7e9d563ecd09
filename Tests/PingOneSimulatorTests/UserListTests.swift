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
            "a,userid\n\"x,y\", \(first) \n,\(second)\n",
        ]
    )
    func users(text: String) throws {
        let list = UserList(text: text.utf8)
        #expect(list.ids == Set([ResourceID(Self.first), ResourceID(Self.second)].compactMap(\.self)))
        #expect(list.count == 2)
        #expect(list.skippedLines == 0)
    }

    @Test("lines without a UUID are skipped and counted")
    func skipped() {
        let list = UserList(text: "userID,externalId\n\(Self.first),1\nnobody,2\n\n,3\n\(Self.second),4\n".utf8)
        #expect(list.count == 2)
        #expect(list.skippedLines == 2)
    }

    @Test("a file that is not there is named")
    func missing() {
        #expect { try UserList(path: "/nonexistent/users.csv") } throws: { error in
            "\(error)" == "Cannot read /nonexistent/users.csv: there is no such file. "
                + "Give --users a file that you may read."
        }
    }
}
