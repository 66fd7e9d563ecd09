import Testing

@testable import PingOneSimulator

@Suite("Plans of faults")
struct FaultPlanTests {
    @Test("a plan is read and written again")
    func roundTrip() throws {
        let plan = try FaultPlan(" apply-then-reset=0.05, stall = 0.01,only=post+delete,on=all")
        #expect(plan.methods == ["POST", "DELETE"])
        #expect(plan.meetsAllResources)
        #expect(plan.description == "apply-then-reset=0.05,stall=0.01,only=DELETE+POST,on=all")
        #expect(try FaultPlan(plan.description).description == plan.description)
        #expect(try FaultPlan("") == .none)
        #expect(FaultPlan.none.description == "")
    }

    @Test(
        "a mistake is named",
        arguments: [
            ("stall", #""stall" is no fault: write NAME=SHARE, for example apply-then-reset=0.05."#),
            (
                "boom=1",
                #"No fault is called "boom"; there are apply-then-reset, reset-before, apply-then-500, 500, 503, 429, "#
                    + "stall, truncated, broken-json."
            ),
            ("stall=1.5", #"The share of stall is "1.5"; it must be a number from 0 to 1."#),
            ("stall=-0.1", #"The share of stall is "-0.1"; it must be a number from 0 to 1."#),
            ("stall=nan", #"The share of stall is "nan"; it must be a number from 0 to 1."#),
            ("stall=x", #"The share of stall is "x"; it must be a number from 0 to 1."#),
            ("stall=0.1,stall=0.2", #""stall" is named twice; name it once."#),
            ("stall=0.75,500=0.75", "The shares add up to 1.5; together they must not exceed 1."),
            ("only=FETCH", #"No method is called "FETCH"; there are GET, POST, PUT, DELETE."#),
            ("only=", #"No method is called ""; there are GET, POST, PUT, DELETE."#),
            (
                "FETCH*1=500",
                #""FETCH*1" names no requests: write METHOD*END, for example POST*0007 for users whose id ends in 0007."#
            ),
            ("on=some", #""on=some" names no requests; write on=links or on=all."#),
        ]
    )
    func mistake(text: String, message: String) {
        #expect { try FaultPlan(text) } throws: { "\($0)" == message }
    }

    @Test("all faults together may take every request")
    func sumOfOne() throws {
        let plan = try FaultPlan(Fault.allCases.map { "\($0.rawValue)=0.1" }.joined(separator: ",") + ",only=POST")
        var random = SplitMix64(seed: 1)
        var progress = FaultPlan.Progress()
        let drawn = (0..<1000).map { _ in
            plan.draw(method: "POST", .linkedAccounts(user: "u"), &progress, using: &random)
        }
        #expect(Set(drawn.compactMap(\.self)) == Set(Fault.allCases))
    }

    @Test("each fault has about its share", arguments: 0..<10 as Range<UInt64>)
    func shares(seed: UInt64) throws {
        let plan = try FaultPlan("stall=0.2,500=0.05")
        var random = SplitMix64(seed: seed)
        var progress = FaultPlan.Progress()
        var counts: [Fault?: Int] = [:]
        for _ in 0..<10_000 {
            counts[plan.draw(method: "GET", .linkedAccounts(user: "u"), &progress, using: &random), default: 0] += 1
        }
        // Five standard deviations each.
        #expect(abs(counts[.stall, default: 0] - 2000) < 200)
        #expect(abs(counts[.error500, default: 0] - 500) < 110)
        #expect(counts.keys.count == 3)
    }

    @Test("requests that the plan does not meet are left alone and use up no chance")
    func scope() throws {
        let plan = try FaultPlan("stall=1")
        var random = SplitMix64(seed: 1)
        var progress = FaultPlan.Progress()
        #expect(plan.draw(method: "DELETE", .linkedAccount(user: "u", id: "l"), &progress, using: &random) == nil)
        #expect(plan.draw(method: "GET", .user("u"), &progress, using: &random) == nil)
        var other = SplitMix64(seed: 1)
        #expect(random.next() == other.next())
        #expect(plan.draw(method: "GET", .linkedAccount(user: "u", id: "l"), &progress, using: &random) == .stall)
        #expect(try FaultPlan("stall=1,on=all").draw(method: "GET", .user("u"), &progress, using: &random) == .stall)
    }

    @Test("a script is for the first requests of each of its users, whatever comes between, and leaves chance alone")
    func scripts() throws {
        let plan = try FaultPlan("POST*0aF=500+stall, GET*f=503,truncated=1,only=DELETE")
        #expect(plan.description == "POST*0af=500+stall,GET*f=503,truncated=1.0,only=DELETE")
        #expect(try FaultPlan(plan.description) == plan)
        var random = SplitMix64(seed: 1)
        var progress = FaultPlan.Progress()
        func draw(_ method: String, _ user: String) -> Fault? {
            plan.draw(method: method, .linkedAccounts(user: user), &progress, using: &random)
        }
        #expect(draw("POST", "10af") == .error500)
        #expect(draw("POST", "20AF") == .error500)
        #expect(draw("GET", "10af") == .error503)
        #expect(draw("POST", "10AF") == .stall)
        #expect(draw("POST", "10af") == nil)
        #expect(draw("POST", "20af") == .stall)
        #expect(draw("POST", "30ae") == nil)
        #expect(plan.draw(method: "GET", .user("30af"), &progress, using: &random) == nil)
        var other = SplitMix64(seed: 1)
        #expect(random.next() == other.next())
        #expect(draw("DELETE", "10af") == .truncated)
    }
}
