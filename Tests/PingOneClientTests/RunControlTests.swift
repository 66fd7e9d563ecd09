import Pacing
import PingOneClient
import Testing

@Suite("What ends a run")
struct RunControlTests {
    @Test("the first reason stands")
    func first() {
        let control = RunControl()
        #expect(!control.signal.isRaised)
        control.stop(.unreachable(reason: "no route"))
        control.stop(.signal(2))
        #expect(control.reason == .unreachable(reason: "no route"))
        #expect(control.signal.isRaised)
    }
}
