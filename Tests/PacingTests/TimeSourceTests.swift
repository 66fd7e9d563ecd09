import Dispatch
import Pacing
import TestKit
import Testing

@Suite("Waiting by the system's clock")
struct TimeSourceTests {
    @Test("the system's time does not wait for what has passed")
    func past() async {
        let time = SystemTime()
        let stop = StopSignal()
        let start = time.now
        await onThread { time.wait(until: start - .seconds(1), unless: stop) }
        #expect(time.now >= start)
        #expect(!stop.isRaised)
    }

    @Test("the system's time reaches the instant that was waited for")
    func reached() async {
        let time = SystemTime()
        let deadline = time.now + .milliseconds(2)
        await onThread {
            while time.now < deadline {
                time.wait(until: deadline, unless: StopSignal())
            }
        }
        #expect(time.now >= deadline)
    }

    @Test("a wait that is shorter than a thread's sleep is not cut short")
    func blink() {
        let time = SystemTime()
        let deadline = time.now + .microseconds(15)
        time.wait(until: deadline, unless: StopSignal())
        #expect(time.now >= deadline)
    }

    @Test("a raised signal ends a wait of a year", arguments: [true, false])
    func stopped(raisedBefore: Bool) async {
        let time = SystemTime()
        let stop = StopSignal()
        if raisedBefore { stop.raise() }
        async let waited: Void = onThread { time.wait(until: time.now + .seconds(365 * 86_400), unless: stop) }
        stop.raise()
        await waited
        #expect(stop.isRaised)
    }
}
