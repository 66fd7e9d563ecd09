import Reporting
import Testing

@Suite("A duration as text")
struct DurationTextTests {
    @Test(
        "has two units at most",
        arguments: [
            (Duration.zero, "0.0 s"), (.milliseconds(49), "0.0 s"), (.milliseconds(400), "0.4 s"),
            (.milliseconds(9_940), "9.9 s"), (.milliseconds(9_960), "10 s"), (.seconds(10), "10 s"),
            (.milliseconds(12_499), "12 s"), (.milliseconds(59_600), "1 min"), (.seconds(200), "3 min 20 s"),
            (.seconds(3599), "59 min 59 s"), (.milliseconds(3_599_600), "1 h"), (.seconds(7500), "2 h 5 min"),
            (.seconds(7259), "2 h"), (.seconds(86_399), "23 h 59 min"), (.seconds(86_400), "1 d"),
            (.seconds(3 * 86_400 + 4 * 3600 + 59), "3 d 4 h"), (.seconds(400 * 86_400), "400 d"),
        ]
    )
    func short(duration: Duration, text: String) {
        #expect(DurationText.short(duration) == text)
    }

    @Test(
        "is short where there is little room",
        arguments: [
            (Duration.milliseconds(400), "0s"), (.milliseconds(12_499), "12s"), (.milliseconds(59_600), "1m0s"),
            (.seconds(200), "3m20s"), (.seconds(7500), "2h5m"), (.seconds(86_400), "1d0h"),
            (.seconds(3 * 86_400 + 4 * 3600 + 59), "3d4h"),
        ]
    )
    func compact(duration: Duration, text: String) {
        #expect(DurationText.compact(duration) == text)
    }

    @Test(
        "has two or three digits for a latency",
        arguments: [
            (Duration.microseconds(400), "0.4 ms"), (.microseconds(9_940), "9.9 ms"), (.microseconds(9_960), "10 ms"),
            (.milliseconds(41), "41 ms"), (.microseconds(999_400), "999 ms"), (.microseconds(999_600), "1.0 s"),
            (.milliseconds(30_000), "30.0 s"),
        ]
    )
    func latency(duration: Duration, text: String) {
        #expect(DurationText.latency(duration) == text)
    }

    @Test(
        "has three decimals for machines",
        arguments: [
            (Duration.zero, "0.000"), (.microseconds(499), "0.000"), (.milliseconds(7), "0.007"),
            (.milliseconds(12_345), "12.345"), (.microseconds(999_600), "1.000"), (.seconds(86_400), "86400.000"),
            (.seconds(-1), "0.000"),
        ]
    )
    func seconds(duration: Duration, text: String) {
        #expect(DurationText.seconds(duration) == text)
    }
}
