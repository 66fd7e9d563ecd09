/// What can go wrong with a request, by the name used on the command line and in the journal.
package enum Fault: String, CaseIterable, Sendable {
    /// The request takes effect; then the connection is reset without an answer.
    case applyThenReset = "apply-then-reset"
    /// The connection is reset; nothing has happened.
    case resetBefore = "reset-before"
    /// The request takes effect and is answered with 500 all the same.
    case applyThen500 = "apply-then-500"
    /// 500 without an effect.
    case error500 = "500"
    /// 503 without an effect, with the HTML page of a gateway.
    case error503 = "503"
    /// 429 without an effect, beside the rate limit.
    case error429 = "429"
    /// The request takes effect or not, as chance has it, and is never answered.
    case stall
    /// The request takes effect; the connection ends in the middle of the answer's body.
    case truncated
    /// The request takes effect; the answer is a 200 whose body is no JSON.
    case brokenJSON = "broken-json"

    /// One line for a help text.
    package var explanation: String {
        switch self {
        case .applyThenReset: "takes effect, then resets the connection without an answer"
        case .resetBefore: "resets the connection before any effect"
        case .applyThen500: "takes effect and answers 500"
        case .error500: "answers 500 without an effect"
        case .error503: "answers 503 without an effect"
        case .error429: "answers 429 without an effect"
        case .stall: "takes effect or not and never answers"
        case .truncated: "takes effect, sends half of the body and closes"
        case .brokenJSON: "takes effect, answers 200 with a body that is no JSON"
        }
    }
}

/// How often which fault happens, and to which requests.
package struct FaultPlan: Equatable, Sendable {
    /// Why a text is no plan of faults.
    package enum Mistake: Error, Equatable, Sendable, CustomStringConvertible {
        case notAPair(String)
        case unknownFault(String)
        case shareOutOfRange(fault: String, share: String)
        case repeated(String)
        case sumAboveOne(Double)
        case unknownMethod(String)
        case unknownScope(String)
        case notAScript(String)

        package var description: String {
            switch self {
            case .notAPair(let text):
                "\"\(text)\" is no fault: write NAME=SHARE, for example apply-then-reset=0.05."
            case .unknownFault(let name):
                "No fault is called \"\(name)\"; there are \(Fault.allCases.map(\.rawValue).joined(separator: ", "))."
            case .shareOutOfRange(let fault, let share):
                "The share of \(fault) is \"\(share)\"; it must be a number from 0 to 1."
            case .repeated(let name):
                "\"\(name)\" is named twice; name it once."
            case .sumAboveOne(let sum):
                "The shares add up to \(sum); together they must not exceed 1."
            case .unknownMethod(let name):
                "No method is called \"\(name)\"; there are \(FaultPlan.knownMethods.joined(separator: ", "))."
            case .unknownScope(let name):
                "\"on=\(name)\" names no requests; write on=links or on=all."
            case .notAScript(let key):
                "\"\(key)\" names no requests: write METHOD*END, for example POST*0007 for users whose id ends in 0007."
            }
        }
    }

    /// Which faults the first requests about a user's links meet, whatever reaches the server before or between them.
    private struct Script: Equatable, Sendable {
        var method: String
        /// How the user's id ends, in small letters.
        var ending: String
        /// One for each request, in order; the requests after them fare as if there were no script.
        var faults: [Fault]

        var key: String { "\(method)*\(ending)" }

        /// - Returns: nil if `key` is not a method that is known, `*` and the end of an id.
        init?(_ key: String, _ faults: [Fault]) {
            let halves = key.split(separator: "*", omittingEmptySubsequences: false).map(String.init)
            guard halves.count == 2, FaultPlan.knownMethods.contains(halves[0]), !halves[1].isEmpty else { return nil }
            (method, ending) = (halves[0], halves[1].lowercased())
            self.faults = faults
        }
    }

    /// How many scripted requests there have been, by script and user.
    struct Progress: Equatable, Sendable {
        fileprivate var requests: [String: Int] = [:]
    }

    /// No faults.
    package static let none = FaultPlan()

    fileprivate static let knownMethods = ["GET", "POST", "PUT", "DELETE"]

    /// From 0 to 1 each, in the order of the text.
    private var shares: [Share] = []
    private var scripts: [Script] = []
    /// Requests with another method are left alone.
    package private(set) var methods: Set<String> = ["GET", "POST"]
    /// Whether requests that are not about linked accounts are met as well.
    package private(set) var meetsAllResources = false

    private struct Share: Equatable, Sendable {
        var fault: Fault
        var share: Double
    }

    private init() {}

    /// Reads a list such as `apply-then-reset=0.05,stall=0.01`.
    ///
    /// Two keys say which requests are met: `only=POST` or `only=POST+GET` (else POST and GET), and `on=all` for
    /// requests to all resources (else only to linked accounts). Requests for tokens are never met.
    ///
    /// `POST*0007=500+503` is for each user whose id ends in 0007: the first POST to the user's links meets 500 and the
    /// second one 503, so that a row fares the same whenever it comes.
    package init(_ text: String) throws(Mistake) {
        var seen: Set<String> = []
        for pair in text.split(separator: ",") {
            let halves = pair.split(separator: "=", omittingEmptySubsequences: false).map { Self.trimmed($0) }
            guard halves.count == 2 else { throw .notAPair(String(pair)) }
            guard seen.insert(halves[0]).inserted else { throw .repeated(halves[0]) }
            switch halves[0] {
            case "only": try restrict(toMethods: halves[1].split(separator: "+").map(String.init))
            case "on":
                guard ["all", "links"].contains(halves[1]) else { throw .unknownScope(halves[1]) }
                meetsAllResources = halves[1] == "all"
            case let key where key.contains("*"):
                let faults = try halves[1].split(separator: "+").map { name throws(Mistake) in
                    try Fault(named: String(name))
                }
                guard let script = Script(key, faults) else { throw .notAScript(key) }
                scripts.append(script)
            default:
                let fault = try Fault(named: halves[0])
                guard let share = Double(halves[1]), (0...1).contains(share) else {
                    throw .shareOutOfRange(fault: halves[0], share: halves[1])
                }
                shares.append(Share(fault: fault, share: share))
            }
        }
        let sum = shares.reduce(0) { $0 + $1.share }
        // Ten times 0.1 is a little more than 1 in binary.
        guard sum <= 1 + 1e-9 else { throw .sumAboveOne(sum) }
    }

    /// Leaves requests with other methods alone from now on.
    package mutating func restrict(toMethods names: [String]) throws(Mistake) {
        let methods = names.map { Self.trimmed($0).uppercased() }
        if let unknown = methods.first(where: { !Self.knownMethods.contains($0) }) { throw .unknownMethod(unknown) }
        guard !methods.isEmpty else { throw .unknownMethod("") }
        self.methods = Set(methods)
    }

    /// Decides what happens to one request. A request that the plan does not meet uses up no chance, so that the
    /// n-th request that it meets fares the same in each run with the same seed.
    func draw(
        method: String,
        _ resource: Resource,
        _ progress: inout Progress,
        using random: inout some RandomNumberGenerator
    ) -> Fault? {
        if let fault = nextScripted(method, resource, &progress) { return fault }
        guard !shares.isEmpty, methods.contains(method), meetsAllResources || resource.isAboutLinks else { return nil }
        var rest = Double.random(in: 0..<1, using: &random)
        for share in shares {
            if rest < share.share { return share.fault }
            rest -= share.share
        }
        return nil
    }

    private func nextScripted(_ method: String, _ resource: Resource, _ progress: inout Progress) -> Fault? {
        guard !scripts.isEmpty, resource.isAboutLinks, let user = resource.userID?.lowercased() else { return nil }
        guard let script = scripts.first(where: { $0.method == method && user.hasSuffix($0.ending) }) else {
            return nil
        }
        let number = progress.requests["\(script.key) \(user)", default: 0]
        progress.requests["\(script.key) \(user)"] = number + 1
        return number < script.faults.count ? script.faults[number] : nil
    }

    private static func trimmed(_ text: some StringProtocol) -> String {
        let start = text.drop { $0 == " " }
        return String(start.reversed().drop { $0 == " " }.reversed())
    }
}

extension FaultPlan: CustomStringConvertible {
    /// The plan as a text that makes the same plan again; empty without faults.
    package var description: String {
        let scripts = scripts.map { "\($0.key)=\($0.faults.map(\.rawValue).joined(separator: "+"))" }
        let scope = ["only=\(methods.sorted().joined(separator: "+"))"] + (meetsAllResources ? ["on=all"] : [])
        let shares = shares.map { "\($0.fault.rawValue)=\($0.share)" }
        return (scripts + (shares.isEmpty ? [] : shares + scope)).joined(separator: ",")
    }
}

extension Fault {
    fileprivate init(named name: String) throws(FaultPlan.Mistake) {
        guard let fault = Fault(rawValue: name) else { throw .unknownFault(name) }
        self = fault
    }
}
