import Testing

@testable import PingOneSimulator

@Suite("The simulator's settings, changed while it runs")
struct SimulatorSettingsTests {
    @Test("what is named changes, the rest stays")
    func change() throws {
        var settings = SimulatorSettings()
        try settings.change(by: ["rateLimit": 50, "burst": .number(2.5), "latencyMilliseconds": 20])
        try settings.change(by: [
            "jitterMilliseconds": .number(1.5), "faults": "stall=0.5", "deny": 401, "burst": .null,
        ])
        #expect(settings.rateLimit == 50)
        #expect(settings.burst == nil)
        #expect(settings.latency == .milliseconds(20))
        #expect(settings.jitter == .microseconds(1500))
        #expect(settings.deny == 401)
        #expect(
            settings.json.description
                == #"{"rateLimit":50.0,"burst":null,"limiter":"bucket","window":1.0,"retryAfter":1,"#
                + #""latencyMilliseconds":20.0,"#
                + #""jitterMilliseconds":1.5,"listLagMilliseconds":0.0,"faults":"stall=0.5,only=GET+POST","deny":401}"#
        )
        try settings.change(by: ["rateLimit": .null, "deny": .null, "faults": ""])
        #expect(settings.rateLimit == nil)
        #expect(settings.deny == nil)
        #expect(settings.faults == .none)
    }

    @Test(
        "a mistake is named and changes nothing",
        arguments: [
            ("[]", "The settings must be a JSON object."),
            (
                #"{"rate":1}"#,
                #"No setting is called "rate"; there are rateLimit, burst, limiter, window, retryAfter, latencyMilliseconds, "#
                    + "jitterMilliseconds, listLagMilliseconds, faults, deny."
            ),
            (#"{"rateLimit":0}"#, "rateLimit must be a number above 0."),
            (#"{"rateLimit":"9"}"#, "rateLimit must be a number above 0, or null for no limit."),
            (#"{"burst":0.5}"#, "burst must be a number from 1."),
            (#"{"burst":true}"#, "burst must be a number from 1, or null for one second's worth."),
            (#"{"retryAfter":-1}"#, "retryAfter must be a whole number from 0."),
            (#"{"retryAfter":1.5}"#, "retryAfter must be a whole number from 0."),
            (#"{"latencyMilliseconds":-1}"#, "latencyMilliseconds must be a number from 0 to 86400000."),
            (#"{"jitterMilliseconds":"x"}"#, "jitterMilliseconds must be a number from 0 to 86400000."),
            (#"{"listLagMilliseconds":-1}"#, "listLagMilliseconds must be a number from 0 to 86400000."),
            (#"{"faults":7}"#, #"faults must be a text such as "stall=0.01"."#),
            (#"{"faults":"stall=2"}"#, #"The share of stall is "2"; it must be a number from 0 to 1."#),
            (#"{"deny":404}"#, "deny must be 401, 403 or null."),
            (#"{"deny":"401"}"#, "deny must be 401, 403 or null."),
        ]
    )
    func mistake(text: String, message: String) {
        var settings = SimulatorSettings()
        #expect { try settings.change(by: JSON.reading(text.utf8)) } throws: { "\($0)" == message }
        #expect(settings == SimulatorSettings())
    }

    @Test("a limit without a burst lets one second's worth through, at least one request")
    func defaultBurst() {
        let now = ContinuousClock.now
        var settings = SimulatorSettings()
        #expect(settings.makeRateLimit(at: now) == nil)
        settings.rateLimit = 0.5
        #expect(settings.makeRateLimit(at: now) == RateLimit(perSecond: 0.5, burst: 1, at: now))
        settings.rateLimit = 20
        #expect(settings.makeRateLimit(at: now) == RateLimit(perSecond: 20, burst: 20, at: now))
    }
}
