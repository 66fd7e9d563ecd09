import Ledger
import Testing

/// One fault that meets one call of one row at one moment of an import of ``rows`` rows, and what is to become of it.
struct FaultCase: Sendable, CustomTestStringConvertible {
    enum Call: String, CaseIterable {
        /// The row's first POST.
        case post = "POST"
        /// The GET after a POST that was answered with 500.
        case readBack = "read-back"
        /// The run's first request for a token; later than with the first row the one after a POST that met 401.
        case token
    }

    enum Moment: String, CaseIterable {
        case firstRow = "the first row"
        case middle = "the middle"
        case lastRow = "the last row"
        /// SIGTERM comes while the call waits for its reply.
        case drain = "the drain"
        /// Another worker's request was refused with 401, and a token is under way.
        case renewal = "a token renewal"
        /// Another worker's request has met a 429.
        case pause = "a pause"
    }

    static let rows = 6

    var fault: WireFault
    var call: Call
    var moment: Moment
    /// Whether the row's first POST makes the link, whatever its answer says.
    var takesEffect: Bool

    /// The row that is met, from 1.
    var row: Int {
        switch moment {
        case .firstRow: 1
        case .lastRow: Self.rows
        default: 3
        }
    }

    /// Whether a second worker has a part in it.
    var hasCompanion: Bool { moment == .renewal || moment == .pause }

    var testDescription: String {
        let effect = call == .token ? "" : takesEffect ? ", linked all the same" : ", not linked"
        return "\(fault.name) for the \(call.rawValue) in \(moment.rawValue)\(effect)"
    }
}

extension FaultCase {
    /// The product of the typical faults, all moments and all calls, without what no server does that tells the truth.
    static let everyMoment: [FaultCase] = WireFault.typical.flatMap { fault in
        Moment.allCases.flatMap { moment in
            Call.allCases.flatMap { call in
                effects(of: fault, call).map { FaultCase(fault: fault, call: call, moment: moment, takesEffect: $0) }
            }
        }
    }

    /// The other faults, in the middle, each with the effect that a careless client would overlook.
    static let everyFault: [FaultCase] = WireFault.others.flatMap { fault in
        Call.allCases.map { call in
            let takesEffect = call == .readBack || call == .post && fault.meaning == .good
            return FaultCase(fault: fault, call: call, moment: .middle, takesEffect: takesEffect)
        }
    }

    private static func effects(of fault: WireFault, _ call: Call) -> [Bool] {
        switch (call, fault.meaning) {
        case (.token, _), (_, .notFound): [false]
        case (.post, .good): [true]
        case (.post, .doubt), (.post, .conflict), (.readBack, _): [true, false]
        case (.post, _): [false]
        }
    }
}

// MARK: - What is to become of it

extension FaultCase {
    /// How the row and the run end.
    struct Ending: Equatable {
        /// Nil: as if the row had never been taken.
        var state: LinkState?
        var evidence: Evidence?
        var posts = 0
        var exitCode: Int32 = 0
    }

    var ending: Ending {
        var ending =
            switch call {
            case .post: endingOfPost
            case .readBack: endingOfReadBack
            case .token: endingOfToken
            }
        if moment == .drain { ending.exitCode = 143 }
        return ending
    }

    private var isDrain: Bool { moment == .drain }
    private var unsettled: Ending { Ending(state: .unsettled, posts: 1, exitCode: 1) }
    private var rejected: Ending { Ending(state: .rejected, posts: 1, exitCode: 1) }
    private var sentAgain: Ending { Ending(state: .linked, evidence: .reply, posts: 2) }
    private var foundByReading: Ending { Ending(state: .linked, evidence: .readBack, posts: 1) }

    private var endingOfPost: Ending {
        switch fault.meaning {
        case .good: return Ending(state: .linked, evidence: .reply, posts: 1)
        case .doubt: return isDrain ? unsettled : takesEffect ? foundByReading : sentAgain
        case .unauthorized, .throttled: return isDrain ? Ending() : sentAgain
        case .conflict:
            return isDrain ? unsettled : takesEffect ? Ending(state: .alreadyLinked, posts: 1) : rejected
        case .refused, .notFound:
            var ending = rejected
            if fault.status == 403, moment == .firstRow { ending.exitCode = 77 }
            return ending
        case .tooLong:
            // A 429 has done nothing for certain.
            var ending = fault.status == 429 ? Ending() : unsettled
            ending.exitCode = 69
            return ending
        }
    }

    private var endingOfReadBack: Ending {
        let notThere = isDrain ? Ending(state: .failed, posts: 1, exitCode: 1) : sentAgain
        switch fault.meaning {
        case .good: return takesEffect ? foundByReading : notThere
        case .doubt, .unauthorized, .throttled: return isDrain ? unsettled : takesEffect ? foundByReading : notThere
        case .notFound: return notThere
        case .refused, .conflict: return unsettled
        case .tooLong:
            var ending = unsettled
            ending.exitCode = 69
            return ending
        }
    }

    private var endingOfToken: Ending {
        switch fault.meaning {
        case .good, .doubt, .throttled:
            isDrain ? Ending() : Ending(state: .linked, evidence: .reply, posts: moment == .firstRow ? 1 : 2)
        // What no authorization server answers, but whatever else is at the address.
        case .refused where fault.status == 405 || (300..<400).contains(fault.status): Ending(exitCode: 78)
        case .refused, .conflict, .unauthorized: Ending(exitCode: 77)
        case .notFound: Ending(exitCode: 78)
        case .tooLong: Ending(exitCode: 69)
        }
    }
}
