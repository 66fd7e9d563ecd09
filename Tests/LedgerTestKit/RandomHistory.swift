import Foundation
package import Ledger
import SeededRandom

/// Some runs as a ledger may have seen them: of two inputs and two environments, ended, stopped or killed, with links in all
/// states, invalid rows, warnings, a pace, removals and verifications.
package struct RandomHistory {
    private var random: SplitMix64
    private let clock: TestClock
    private let open: () throws -> any Ledger
    private var ledger: any Ledger
    private var runs = 0

    /// `open`: opens the same ledger each time.
    package init(seed: UInt64, _ clock: TestClock, open: @escaping () throws -> any Ledger) throws {
        random = SplitMix64(seed: seed)
        self.clock = clock
        self.open = open
        ledger = try open()
    }

    package mutating func write() throws {
        for _ in 0..<Int.random(in: 1...6, using: &random) {
            runs += 1
            if runs > 1, chance(4) { try undo() } else { try link() }
            if chance(3) { try verify() }
        }
        try ledger.close()
    }

    private mutating func chance(_ oneIn: Int) -> Bool { Int.random(in: 0..<oneIn, using: &random) == 0 }

    private mutating func pick<Value>(_ values: [Value]) -> Value {
        values[Int.random(in: 0..<values.count, using: &random)]
    }

    private mutating func link() throws {
        let input = pick(["users", "others"])
        let environment = pick(Self.environments)
        try ledger.beginRun(
            RunStart(
                id: "run-\(runs)",
                source: "\(input).csv",
                inputName: "/data/\(input).csv",
                part: pick([.whole, .whole, .whole, .rejects, .retry]),
                place: RunPlace(environment: environment, host: "api.example.com"),
                rows: chance(3) ? nil : 40
            )
        )
        if chance(4) { try ledger.beginReading() }
        for _ in 0..<Int.random(in: 0...4, using: &random) { try send(environment) }
        if chance(2) { try ledger.recordInvalid(invalidRows()) }
        try ledger.flush()
        guard !chance(4) else {
            // Killed: it has no end.
            try ledger.close()
            return ledger = try open()
        }
        try endRun()
    }

    private mutating func endRun() throws {
        clock.advance(by: Int.random(in: 0...90_000, using: &random))
        let counts = InputCounts(
            linked: Int.random(in: 0...20, using: &random),
            repeated: Int.random(in: 0...2, using: &random),
            unsent: Int.random(in: 0...5, using: &random)
        )
        let warnings = [
            RunWarning(kind: "damaged-id", count: 3, firstLine: 7),
            RunWarning(kind: "names", count: 1, firstLine: nil, names: ["a", "b c"]),
        ]
        try ledger.endRun(
            RunEnd(
                rows: 40,
                sha256: chance(3) ? nil : "00ff",
                exitCode: pick([0, 1, 3, 69]),
                stoppedBy: pick([nil, "limit"]),
                counts: chance(3) ? nil : counts,
                warnings: pick([[], warnings]),
                fingerprint: pick([nil, 5])
            )
        )
    }

    /// A batch of rows, and what becomes of those that may be sent.
    private mutating func send(_ environment: String) throws {
        let keys = Self.keys.filter { $0.environment == environment }
        let candidates = (0..<Int.random(in: 1...15, using: &random)).map { _ in candidate(pick(keys)) }
        let isAgain = chance(3)
        let admissions = try ledger.admit(candidates) { _, standing in
            guard let known = standing.known else { return standing.rival == nil }
            return !known.isOfThisRun && (isAgain || ![.linked, .alreadyLinked].contains(known.state))
        }
        for admission in admissions {
            clock.advance(by: Int.random(in: 0...700, using: &random))
            guard let ticket = admission.ticket else {
                if let known = admission.known, chance(2) { ledger.noteSeen(known) }
                continue
            }
            switch Int.random(in: 0..<10, using: &random) {
            case 0: break
            case 1: ledger.withdraw(ticket, restoring: admission.known)
            default: ledger.record(settlement(), for: ticket)
            }
            if chance(5) { try ledger.flush() }
        }
        ledger.note(sample())
        try ledger.flush()
    }

    private mutating func sample() -> PaceSample {
        let now = clock.now
        return PaceSample(
            at: now,
            rate: Double(Int.random(in: 1...400, using: &random)) / 4,
            pause: chance(3) ? now.addingTimeInterval(-1)...now.addingTimeInterval(2.5) : nil,
            requests: Int.random(in: 0...500, using: &random),
            throttled: Int.random(in: 0...9, using: &random),
            held: pick([nil, 12.25]),
            heldIsLimit: chance(2)
        )
    }

    private mutating func settlement() -> Settlement {
        let state: LinkState = pick([.linked, .linked, .linked, .alreadyLinked, .rejected, .failed, .unsettled])
        let isLinked = state == .linked || state == .alreadyLinked
        return Settlement(
            state: state,
            evidence: state == .linked ? pick([.reply, .readBack]) : nil,
            doubt: isLinked
                ? nil : state == .unsettled ? pick([.linking, .refused]) : pick([nil, nil, .linking, .refused]),
            linkedAccountID: isLinked ? "link-\(random.next() % 1_000)" : nil,
            httpStatus: pick([nil, 201, 400]),
            errorCode: isLinked ? nil : pick([nil, "INVALID_DATA"]),
            errorDetail: isLinked ? nil : pick([nil, "detail é 💶 \"'\\"]),
            errorFact: isLinked ? nil : pick([nil] + ProblemFact.allCases),
            errorID: pick([nil, "error"]),
            correlationID: pick([nil, "correlation"]),
            attempts: Int.random(in: 0...5, using: &random),
            posts: Int.random(in: 0...3, using: &random),
            latency: pick([nil, .milliseconds(12), .milliseconds(250)])
        )
    }

    private mutating func invalidRows() -> [InvalidRow] {
        (0..<Int.random(in: 0...5, using: &random)).map { _ in
            let isKnown = chance(2)
            return InvalidRow(
                line: Int.random(in: 2...40, using: &random),
                content: random.next() % 8,
                errorCode: "DAMAGED_ID",
                errorDetail: "column userID",
                errorFact: pick([nil] + ProblemFact.allCases),
                errorColumn: pick([nil, "userID"]),
                environment: isKnown ? pick(Self.environments) : nil,
                userID: isKnown ? key(1).userID : nil,
                identityProviderID: isKnown ? provider : nil,
                externalID: isKnown ? "account" : nil
            )
        }
    }

    private mutating func undo() throws {
        try ledger.beginRun(RunStart(.undoing, id: "undo-\(runs)", source: "undo", inputName: "undo"))
        let choice = UndoChoice(environment: pick(Self.environments), includesReadBack: chance(2))
        clock.advance(by: 300)
        for row in try ledger.beginUndoing(choice, after: nil, count: 6) {
            clock.advance(by: 300)
            guard let ticket = row.ticket, !chance(4) else { continue }
            ledger.endUndoing(ticket, as: chance(3) ? .kept : .undone) { _ in }
            try ledger.flush()
        }
        guard !chance(5) else {
            try ledger.close()
            return ledger = try open()
        }
        try endRun()
    }

    private mutating func verify() throws {
        _ = try ledger.beginVerification(environment: pick(Self.environments), isAnew: chance(2))
        for row in try ledger.rowsToVerify(from: 0, count: Int.random(in: 0...12, using: &random)) {
            guard let ticket = row.ticket else { continue }
            let result: CheckResult = pick([.match, .match, .missing, .different])
            let finding = UserCheck.RowResult(
                ticket: ticket,
                result: result,
                foundExternalID: result == .different ? "another" : nil
            )
            let extra = UserCheck.Extra(identityProviderID: provider, externalID: "extra", linkedAccountID: "link-x")
            ledger.record(UserCheck(findings: [finding], extras: pick([[], [extra]]))) { _ in }
        }
        try ledger.flush()
        if chance(2) { try ledger.endVerification() }
    }

    private mutating func candidate(_ key: LinkKey) -> Candidate {
        Candidate(
            key: key,
            line: Int.random(in: 2...60, using: &random),
            content: random.next(),
            userAlias: pick([nil, 3, .max])
        )
    }

    package static let environments = [environment, "11111111-1111-4111-8111-111111111111"]

    /// Every link that a history may have.
    package static let keys = environments.flatMap { environment in
        [provider, "22222222-2222-4222-8222-222222222222"].flatMap { provider in
            (1...6).flatMap { user in
                ["00123", "a'\"\\{}", "é"].map { account in
                    LinkKey(
                        environment: environment,
                        userID: key(user).userID,
                        identityProviderID: provider,
                        externalID: account
                    )
                }
            }
        }
    }
}
