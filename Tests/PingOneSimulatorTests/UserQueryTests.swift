import Testing

@testable import PingOneSimulator

@Suite("Queries of users")
struct UserQueryTests {
    @Test("filter, limit and cursor are read; other parameters do not count")
    func reading() throws {
        let all = try UserQuery("")
        #expect(all.filter == nil)
        #expect(all.limit == 100)
        #expect(all.offset == 0)
        let query = try UserQuery("filter=email%20eq%20%22a+b%26%3Dc%22&limit=1000&expand=x&order&cursor=7")
        #expect(query.filter == UserFilter(.email, "a+b&=c"))
        #expect(query.limit == 1000)
        #expect(query.offset == 7)
    }

    @Test("the next page is asked for with the same parameters and another cursor")
    func page() throws {
        let query = try UserQuery("cursor=2&filter=email%20eq%20%22a%22&limit=2")
        #expect(query.page(after: 4) == "filter=email%20eq%20%22a%22&limit=2&cursor=4")
        #expect(query.page(after: 0) == "filter=email%20eq%20%22a%22&limit=2")
        #expect(try UserQuery("").page(after: 100) == "cursor=100")
    }

    @Test(
        "what cannot be read is refused and named",
        arguments: [
            ("limit=0", .invalidData([.invalidParameter("limit")])),
            ("limit=1001", .invalidData([.invalidParameter("limit")])),
            ("limit=", .invalidData([.invalidParameter("limit")])),
            ("limit", .invalidData([.invalidParameter("limit")])),
            ("limit=ten", .invalidData([.invalidParameter("limit")])),
            ("limit=1&limit=1", .invalidData([.invalidParameter("limit")])),
            ("cursor=-1", .invalidData([.invalidParameter("cursor")])),
            ("cursor=99999999999999999999", .invalidData([.invalidParameter("cursor")])),
            ("filter=", .invalidData([.invalidFilter])), ("limit=%", .malformed), ("filter=%FF", .malformed),
        ] as [(String, APIProblem)]
    )
    func refused(query: String, problem: APIProblem) {
        #expect(throws: problem) { try UserQuery(query) }
    }
}
