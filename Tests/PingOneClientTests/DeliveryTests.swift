import Testing

@testable import PingOneClient

/// All sequences of answers up to a depth, each step that the delivery asks for answered in every way that there is, with
/// the rules of the first promise checked along the way.
@Suite("The delivery of a row, for every sequence of answers")
struct DeliveryTests {
    private static let problem = RowProblem(httpStatus: 500, code: "X")
    private static let refusal = RowProblem(httpStatus: 400, code: "Y")

    /// What is true of the row, and what somebody who only sees the answers may conclude.
    private struct Trace {
        var isStopped = false
        /// Whether the last POST may have been carried out and nothing was read since.
        var isInDoubt: Bool
        var wasEverInDoubt: Bool
        var wasPostedNow = false
        var wasAnsweredMade = false
        /// Whether the last POST may have been carried out, whatever was read since.
        var isInDoubtNow = false
        var wasSeen = false
        /// Readings without it since the last POST.
        var absences = 0
        var lastAnswerIsFinal = false
        var steps = 0
    }

    private final class Tally {
        var sequences = 0
        var violations: [String] = []
        var ends: Set<String> = []
    }

    @Test(
        "no rule is broken, and there is always an end",
        arguments: [(1, 6), (2, 6), (3, 6)],
        [(false, false), (true, true), (true, false)]
    )
    func everySequence(limits: (attempts: Int, depth: Int), doubt: (isInDoubt: Bool, wasEver: Bool)) {
        let tally = Tally()
        let delivery = Delivery(
            maxAttempts: limits.attempts,
            isInDoubt: doubt.isInDoubt,
            wasEverInDoubt: doubt.wasEver
        )
        follow(
            delivery,
            Trace(isInDoubt: doubt.isInDoubt, wasEverInDoubt: doubt.wasEver),
            depth: limits.depth,
            tally
        )
        #expect(tally.violations == [])
        #expect(tally.sequences > 100, "\(tally.sequences) sequences")
        if limits.attempts > 1 {
            #expect(tally.ends == ["made", "found", "refused", "failed", "unsettled", "withdrawn"])
        }
    }

    @Test("with time, every sequence ends: as many POSTs as attempts at most, and as many readings for a doubt")
    func ends() {
        for answer in Self.answers where answer != .made {
            var delivery = Delivery(maxAttempts: 4)
            var posts = 0
            var readings = 0
            loop: for _ in 0..<100 {
                switch delivery.next(isStopped: false) {
                case .end: break loop
                case .wait: break
                case .post:
                    posts += 1
                    delivery.posted(answer)
                case .read:
                    readings += 1
                    delivery.read(.absent)
                }
            }
            guard case .end = delivery.next(isStopped: false) else {
                Issue.record("\(answer) never ends")
                continue
            }
            let expected =
                switch answer {
                case .conflict: (posts: 1, readings: 1)
                // One reading before each further POST, and then as many as there are attempts.
                case .inDoubt: (posts: 4, readings: 3 + 4)
                case .notDone: (posts: 4, readings: 0)
                default: (posts: 1, readings: 0)
                }
            #expect(posts == expected.posts && readings == expected.readings, "\(answer)")
        }
    }

    /// A pause uses up no attempt, so it could go on for ever: whoever counts its time ends it.
    private static let answers: [Delivery.Answer] = [
        .made, .refused(refusal), .conflict(refusal), .inDoubt(problem, retryAfter: nil),
        .notDone(problem, retryAfter: nil), .stopped,
    ]

    private static let pauses: [Delivery.Answer] = [
        .inDoubt(problem, retryAfter: .seconds(1), isPause: true),
        .notDone(problem, retryAfter: .seconds(1), isPause: true),
    ]

    private static let readings: [Delivery.Reading] = [.there, .absent, .unknown(problem)]

    private func follow(_ delivery: Delivery, _ trace: Trace, depth: Int, _ tally: Tally) {
        // The run may end before each step.
        if !trace.isStopped {
            var stopped = trace
            stopped.isStopped = true
            step(delivery, stopped, depth: depth, tally)
        }
        step(delivery, trace, depth: depth, tally)
    }

    private func step(_ delivery: Delivery, _ trace: Trace, depth: Int, _ tally: Tally) {
        var delivery = delivery
        switch delivery.next(isStopped: trace.isStopped) {
        case .end(let end):
            tally.sequences += 1
            check(end, delivery, trace, tally)
        case .wait(let failures, _):
            if failures < 1 { tally.violations.append("a wait after \(failures) failures") }
            follow(delivery, trace, depth: depth, tally)
        case .read:
            if trace.isStopped { tally.violations.append("a reading after the end of the run") }
            guard depth > 0 else { return }
            for reading in Self.readings {
                var next = delivery
                next.read(reading)
                follow(next, after(reading, trace), depth: depth - 1, tally)
            }
        case .post:
            if trace.isInDoubt { tally.violations.append("a POST while the one before is in doubt") }
            if trace.isStopped { tally.violations.append("a POST after the end of the run") }
            guard depth > 0 else { return }
            for answer in Self.answers + Self.pauses {
                var next = delivery
                next.posted(answer)
                follow(next, after(answer, trace), depth: depth - 1, tally)
            }
        }
    }

    private func after(_ answer: Delivery.Answer, _ trace: Trace) -> Trace {
        var trace = trace
        trace.absences = 0
        trace.lastAnswerIsFinal = false
        trace.isInDoubtNow = false
        switch answer {
        case .made: trace.wasAnsweredMade = true
        case .inDoubt:
            trace.isInDoubt = true
            trace.isInDoubtNow = true
            trace.wasEverInDoubt = true
            trace.wasPostedNow = true
        case .refused, .conflict: trace.lastAnswerIsFinal = true
        case .notDone: break
        case .stopped: trace.isStopped = true
        }
        return trace
    }

    private func after(_ reading: Delivery.Reading, _ trace: Trace) -> Trace {
        var trace = trace
        switch reading {
        case .there: trace.wasSeen = true
        case .absent:
            trace.isInDoubt = false
            trace.absences += 1
        case .unknown: break
        }
        return trace
    }

    private func check(_ end: Delivery.End, _ delivery: Delivery, _ trace: Trace, _ tally: Tally) {
        func require(_ holds: Bool, _ rule: String) {
            if !holds { tally.violations.append("\(end): \(rule)") }
        }
        tally.ends.insert(String(String(describing: end).prefix { $0 != "(" }))
        require(delivery.attempts <= delivery.maxAttempts, "\(delivery.attempts) attempts")
        require(delivery.wasEverInDoubt == trace.wasEverInDoubt, "its doubt is not known")
        switch end {
        case .made: require(trace.wasAnsweredMade, "nobody has said so")
        case .found(let isOurs):
            require(trace.wasSeen, "nobody has seen it")
            require(isOurs == trace.wasEverInDoubt, "whose it is")
        case .refused:
            require(trace.lastAnswerIsFinal, "nobody has refused it")
            require(
                !trace.wasEverInDoubt || trace.absences == delivery.maxAttempts,
                "refused after a doubt and \(trace.absences) readings"
            )
        case .failed:
            require(!trace.isInDoubt, "failed while in doubt")
            require(
                !trace.isInDoubtNow || trace.isStopped || trace.absences == delivery.maxAttempts,
                "failed after \(trace.absences) readings"
            )
        case .unsettled(_, let isRefused): require(!isRefused || !trace.wasEverInDoubt, "refused, though in doubt")
        case .withdrawn:
            require(trace.isStopped, "given back while the run goes on")
            require(!trace.wasPostedNow, "given back although it may have been carried out")
        }
        require(trace.wasAnsweredMade ? end == .made : true, "PingOne has said that it is made")
    }

    /// The second half of the rule for conflicts, which the enumeration cannot reach for more attempts than its depth.
    @Test("what was ever in doubt is never refused for a conflict", arguments: 1...5, 0...6)
    func lateLists(attempts: Int, late: Int) {
        var delivery = Delivery(maxAttempts: attempts)
        var readings = 0
        var posts = 0
        var end: Delivery.End?
        while end == nil {
            switch delivery.next(isStopped: false) {
            case .end(let reached): end = reached
            case .wait: break
            case .read:
                delivery.read(readings < late ? .absent : .there)
                readings += 1
            case .post:
                // The first one is carried out and its answer lost; all others are told that it is there.
                delivery.posted(posts == 0 ? .inDoubt(Self.problem, retryAfter: nil) : .conflict(Self.refusal))
                posts += 1
            }
        }
        switch end {
        case .found(isOurs: true): #expect(readings == late + 1)
        case .unsettled(_, isRefused: false): #expect(attempts > 1 && late >= attempts + 1)
        case .failed: #expect(attempts == 1 && late > 0, "one POST and one reading, and its doubt is remembered")
        default: Issue.record("\(String(describing: end))")
        }
        #expect(posts <= 2)
        #expect(delivery.wasEverInDoubt)
    }
}
