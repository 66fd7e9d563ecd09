import PingOneAPI
import Testing

@testable import LinkImport
@testable import LinkRows
@testable import PingOneClient

@Suite("Findings that are kept")
struct UserMemoryTests {
    private func name(_ number: Int) -> UserName { UserName(.username, "user \(number)") }

    @Test("the oldest goes when there is no room")
    func oldest() {
        var memory = UserMemory(capacity: 3)
        for number in 1...5 {
            memory.keep(.user(id: String(number)), of: name(number))
            memory.keep(.user(id: String(number)), of: name(number))
        }
        #expect(
            (1...5).map { memory[name($0)] } == [nil, nil, .user(id: "3"), .user(id: "4"), .user(id: "5")]
        )
        memory.keep(.nobody(.noUser(.username)), of: name(6))
        #expect((3...6).map { memory[name($0)] != nil } == [false, true, true, true])
    }
}
