import Foundation
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

    @Test("what helps is said for each other trouble")
    func unfit() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).csv").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data("userID\nnobody\n".utf8).write(to: URL(filePath: path))
        #expect { try UserList(path: path) } throws: { error in
            "\(error)"
                == "Cannot read \(path): no row has a user's id, a UUID, in the column userID. Name another column "
                + "with --map, or another file with --users."
        }
        var reading = UserList.Reading()
        reading.encoding = "nonsense"
        #expect { try UserList(path: path, reading: reading) } throws: { error in
            "\(error)" == "Cannot read \(path): iconv knows no encoding nonsense. Name another with --encoding."
        }
    }
}

@Suite("A list of users as pinglink import takes it")
struct UserListReadingTests {
    private static let user = "b7b34ae5-1f0f-4b8e-8e5a-0d4e5a2b7c11"

    @Test("any of the usual separators, or the one that the first line names", arguments: [",", ";", "\t", "|", "^"])
    func separators(separator: String) {
        let rows = "login\(separator)userID\nann\(separator)\(Self.user)\n"
        let text = separator == "^" ? "sep=^\r\n" + rows : rows
        #expect(UserList(text: text.utf8).count == 1)
    }

    @Test("a column under another name")
    func mapped() {
        var reading = UserList.Reading()
        reading.map = ["Kennung": "userID", "Login": "username"]
        let list = UserList(text: "Login;Kennung\nann;\(Self.user)\n".utf8, reading: reading)
        #expect(list.attributes.values.map(\.username) == ["ann"])
    }

    @Test("UTF-16 by its mark, others by their name; bytes that do not fit say so")
    func encodings() throws {
        let text = "userID,username\n\(Self.user),Jürgen\n"
        var little: [UInt8] = [0xFF, 0xFE]
        for unit in text.utf16 { little += [UInt8(unit & 0xFF), UInt8(unit >> 8)] }
        #expect(try FileText.utf8(little, encoding: nil) == Array(text.utf8))
        let windows = Array("userID,username\n\(Self.user),J".utf8) + [0xFC] + Array("rgen\n".utf8)
        #expect(try FileText.utf8(windows, encoding: "windows-1252") == Array(text.utf8))
        #expect(throws: FileText.Mistake.doesNotFit("US-ASCII")) { try FileText.utf8(windows, encoding: "US-ASCII") }
        #expect(throws: FileText.Mistake.unknownEncoding("nonsense")) { try FileText.utf8([65], encoding: "nonsense") }
    }
}
