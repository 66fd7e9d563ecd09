import Testing

@testable import Pacing

@Suite("Who has part in a pace")
struct PaceMembersTests {
    private let start = ContinuousClock.now

    private func member(
        _ id: Int64,
        maximum: Double = .infinity,
        isFixed: Bool = false,
        wanted: Int = 0,
        toldUntil: Double = 0,
        seen: Double = 0
    ) -> PaceMembers.Member {
        PaceMembers.Member(
            id: id,
            maximum: maximum,
            isFixed: isFixed,
            wanted: wanted,
            told: 1,
            toldUntil: start + .seconds(toldUntil),
            seen: start + .seconds(seen)
        )
    }

    private func members(_ all: PaceMembers.Member...) -> PaceMembers {
        var members = PaceMembers()
        for member in all { members.update(member) }
        return members
    }

    @Test("the lowest bound holds until who has said it is gone for five seconds")
    func bound() {
        var members = members(member(1, maximum: 50, isFixed: true), member(2, maximum: 80, seen: 4))
        #expect(members.bound == (50, false))
        members.update(member(2, maximum: 80, seen: 5.1))
        #expect(members.bound == (80, false))
        #expect(members.member(1) == nil)
    }

    @Test("a rate is fixed where all say so")
    func fixed() {
        #expect(
            members(member(1, maximum: 50, isFixed: true), member(2, maximum: 40, isFixed: true)).bound == (40, true)
        )
        #expect(members(member(1)).bound == (.infinity, false))
    }

    @Test("nobody gets more than it wants, and who wants more gets as much as any other")
    func shares() {
        let members = members(member(1, wanted: 10), member(2, wanted: 90), member(3, wanted: 60))
        #expect(members.share(of: 100, for: 10, at: start) == 10)
        #expect(members.share(of: 100, for: 90, at: start) == 45)
        #expect(members.share(of: 100, for: 60, at: start) == 45)
        #expect(members.share(of: 1_000, for: 90, at: start) == 90)
    }

    @Test("who was not seen for 300 ms is not waited for and wants nothing")
    func away() {
        let members = members(
            member(1, wanted: 10, toldUntil: 0, seen: 0),
            member(2, wanted: 90, toldUntil: 0.25, seen: 0.25)
        )
        #expect(members.toldUntil(at: start + .milliseconds(260)) == start)
        #expect(members.toldUntil(at: start + .milliseconds(400)) == start + .milliseconds(250))
        #expect(members.wanted(at: start + .milliseconds(260)) == 100)
        #expect(members.wanted(at: start + .milliseconds(400)) == 90)
        #expect(members.share(of: 50, for: 90, at: start + .milliseconds(400)) == 50)
    }
}
