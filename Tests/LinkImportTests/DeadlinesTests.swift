import ImportTestKit
import Pacing
import Testing

@testable import LinkImport
@testable import LinkRows
@testable import PingOneClient

@Suite("When a run has to be over")
struct DeadlinesTests {
    @Test("a run ends when its time is over")
    func maxDuration() {
        let time = JumpingTime()
        let start = time.now
        let control = RunControl()
        Deadlines(maxDuration: .seconds(90), until: 1_000_000).watch(control, time: time) { 0 }
        #expect(control.reason == .maxDuration)
        #expect(start.duration(to: time.now) == .seconds(90))
    }

    @Test("a run ends when the wall clock shows the time, also where that jumps", arguments: [0, 3600])
    func until(jump: Double) {
        let time = JumpingTime()
        let start = time.now
        let control = RunControl()
        Deadlines(until: 7200).watch(control, time: time) {
            let seconds = start.duration(to: time.now) / .seconds(1)
            // The machine was suspended after a quarter of an hour, or somebody has set its clock.
            return seconds < 900 ? seconds : seconds + jump
        }
        #expect(control.reason == .until)
        #expect(start.duration(to: time.now) == .seconds(7200 - jump))
    }

    @Test("a run that was stopped otherwise is left alone")
    func stopped() {
        let control = RunControl()
        control.stop(.signal(15))
        Deadlines(maxDuration: .seconds(90)).watch(control, time: JumpingTime()) { 0 }
        #expect(control.reason == .signal(15))
    }

    @Test("the moments are known at the start")
    func moments() {
        let moments = Deadlines(maxDuration: .seconds(90), until: 5000).moments(from: 1000.5)
        #expect(moments.map(\.stop) == [.maxDuration, .until])
        #expect(moments.map(\.moment) == [1091, 5000])
        #expect(Deadlines().moments(from: 0).isEmpty)
    }
}
