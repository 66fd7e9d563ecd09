import ArgumentParser
import Machine
import PingOneSimulator
import SignatureChecking

/// Where it listens and whom it knows.
struct ServerOptions: ParsableArguments {
    @Option(help: "The address to listen on. Other than loopback lets others in: there is no TLS and no password.")
    var host = "127.0.0.1"

    @Option(help: "The port to listen on; 0 takes any that is free.")
    var port: UInt16 = 8080

    @Option(
        help: ArgumentHelp(
            "The users that exist: a CSV with a column userID and perhaps username, email, externalId, or a UUID a line.",
            valueName: "file"
        ),
        completion: .file()
    )
    var users: String?

    @Option(
        help: ArgumentHelp("The encoding of --users without a byte order mark (default: UTF-8).", valueName: "name")
    )
    var encoding: String?

    @Option(
        help: ArgumentHelp("Between the cells of --users: a character, tab or auto (default).", valueName: "c")
    )
    var delimiter: String?

    @Option(
        help: ArgumentHelp(
            "A column of --users and what it stands for, such as 'Id=userID'. Repeatable.",
            valueName: "a=b"
        )
    )
    var map: [String] = []

    @Option(
        help: "The attribute mappings at first: only the core ones (username), or by default also email of X."
    )
    var mappings = InitialMappings.default

    @Option(help: "All chance comes from it: ids, tokens, faults, jitter.")
    var seed: UInt64 = 1

    @Option(help: ArgumentHelp("How long an access token is good for.", valueName: "seconds"))
    var tokenLifetime = 3600

    @Option(
        name: .customLong("auth-methods"),
        help: ArgumentHelp(
            "How a client may sign on: basic, post, client-secret-jwt, private-key-jwt (default: all of them).",
            valueName: "list"
        )
    )
    var authMethods: String?

    @Option(
        help: ArgumentHelp("The public key of a client that signs on with private-key-jwt (PEM).", valueName: "file"),
        completion: .file()
    )
    var clientKey: String?

    @Flag(help: "Do not keep each request for GET /_simulator/journal: saves about 1 KB of memory a request.")
    var noJournal = false

    func validate() throws {
        guard map.allSatisfy({ $0.contains("=") }) else { throw ValidationError("--map must be COLUMN=NAME.") }
        guard separator != nil || [nil, "auto"].contains(delimiter) else {
            throw ValidationError("--delimiter must be one character, tab or auto.")
        }
        guard methods != nil else {
            let all = AuthMethod.allCases.map(\.rawValue).joined(separator: ",")
            throw ValidationError("--auth-methods must be some of \(all).")
        }
        guard tokenLifetime > 0 else { throw ValidationError("--token-lifetime must be at least 1 second.") }
    }

    /// Nil where one of the words is none.
    private var methods: Set<AuthMethod>? {
        guard let authMethods else { return Set(AuthMethod.allCases) }
        let words = authMethods.split(separator: ",")
        let methods = Set(words.compactMap { AuthMethod(rawValue: String($0)) })
        return methods.count == words.count && !methods.isEmpty ? methods : nil
    }

    private var separator: UInt8? {
        if delimiter == "tab" || delimiter == "\\t" { return UInt8(ascii: "\t") }
        return delimiter.flatMap { $0.utf8.count == 1 ? $0.utf8.first : nil }
    }

    private var reading: UserList.Reading {
        var reading = UserList.Reading()
        reading.encoding = encoding
        reading.separator = separator
        for pair in map {
            guard let equals = pair.lastIndex(of: "=") else { continue }
            reading.map[String(pair[..<equals])] = String(pair[pair.index(after: equals)...])
        }
        return reading
    }

    func makeConfiguration() throws -> SimulatorConfiguration {
        var configuration = SimulatorConfiguration()
        configuration.host = host
        configuration.port = Int(port)
        configuration.seed = seed
        configuration.tokenLifetime = .seconds(tokenLifetime)
        configuration.keepsJournal = !noJournal
        configuration.mappings = mappings
        configuration.authMethods = methods ?? []
        if let clientKey { configuration.clientKey = try Self.publicKey(inFile: clientKey) }
        if let users {
            do {
                configuration.users = try UserList(path: users, reading: reading)
            } catch {
                StandardStream.error.write("pingone-simulator: \(error)\n")
                throw ExitCode(66)
            }
        }
        return configuration
    }

    private static func publicKey(inFile path: String) throws -> PublicKey {
        let problem: String
        if let bytes = WholeFile.bytes(at: path) {
            if let key = PublicKey(pem: String(decoding: bytes, as: UTF8.self)) { return key }
            problem =
                "holds no public key of RSA (2048 bits or more), P-256, P-384 or P-521. Of a private key: openssl pkey -in "
                + "private.pem -pubout -out \(path)"
        } else {
            problem = "cannot be read. Check the path and its permissions."
        }
        StandardStream.error.write("pingone-simulator: --client-key: \(path) \(problem)\n")
        throw ExitCode(66)
    }
}

extension InitialMappings: ExpressibleByArgument {}

extension Limiter: ExpressibleByArgument {}

/// What slows a client down.
struct LimitOptions: ParsableArguments {
    @Option(help: ArgumentHelp("API requests let through each second; without it there is no limit.", valueName: "n"))
    var rateLimit: Double?

    @Option(help: "How they are counted: in a token bucket, or in windows, fixed, sliding, or the last two weighted.")
    var limiter = Limiter.bucket

    @Option(help: ArgumentHelp("What a bucket lets through at once (default: one second's worth).", valueName: "n"))
    var burst: Double?

    @Option(help: ArgumentHelp("The length of a window (default 1).", valueName: "seconds"))
    var window: Double?

    @Option(help: ArgumentHelp("The Retry-After of 429 and 503; 0: none.", valueName: "seconds"))
    var retryAfter = 1

    @Option(help: ArgumentHelp("How long each answer of the API is held back.", valueName: "milliseconds"))
    var latency = 0.0

    @Option(help: ArgumentHelp("Up to how much longer, evenly distributed.", valueName: "milliseconds"))
    var jitter = 0.0

    func validate() throws {
        let range = 0.0...86_400_000
        guard range.contains(latency) else { throw ValidationError("--latency must be from 0 to 86400000.") }
        guard range.contains(jitter) else { throw ValidationError("--jitter must be from 0 to 86400000.") }
        guard rateLimit ?? 1 > 0, (rateLimit ?? 1).isFinite else {
            throw ValidationError("--rate-limit must be a number above 0.")
        }
        guard burst ?? 1 >= 1, (burst ?? 1).isFinite else { throw ValidationError("--burst must be at least 1.") }
        guard retryAfter >= 0 else { throw ValidationError("--retry-after must not be negative.") }
        guard window ?? 1 > 0, window ?? 1 <= 86_400 else {
            throw ValidationError("--window must be a number of seconds above 0.")
        }
        guard burst == nil || rateLimit != nil else { throw ValidationError("--burst needs --rate-limit.") }
        guard burst == nil || limiter == .bucket else {
            throw ValidationError("--burst is the size of a bucket; a window has its --window instead.")
        }
        guard window == nil || limiter != .bucket else {
            throw ValidationError("--window needs --limiter fixed, sliding or weighted.")
        }
        guard limiter == .bucket || rateLimit != nil else { throw ValidationError("--limiter needs --rate-limit.") }
    }

    func apply(to settings: inout SimulatorSettings) {
        settings.rateLimit = rateLimit
        settings.burst = burst
        settings.limiter = limiter
        settings.window = window ?? 1
        settings.retryAfter = retryAfter
        settings.latency = .seconds(latency / 1000)
        settings.jitter = .seconds(jitter / 1000)
    }
}

/// What goes wrong.
struct FaultOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Faults and their shares, such as stall=0.01; --help lists them.",
            valueName: "name=share,..."
        )
    )
    var faults = ""

    @Option(help: ArgumentHelp("The methods that faults meet (default: POST,GET).", valueName: "methods"))
    var faultMethods: String?

    @Option(
        help: ArgumentHelp(
            "By how much lists of links and mappings are late, in what was made and what was removed.",
            valueName: "milliseconds"
        )
    )
    var listLag = 0.0

    @Option(help: ArgumentHelp("Answer all of the API with 401 or 403.", valueName: "status"))
    var deny: Int?

    func validate() throws {
        guard (0.0...86_400_000).contains(listLag) else {
            throw ValidationError("--list-lag must be from 0 to 86400000.")
        }
        guard [nil, 401, 403].contains(deny) else { throw ValidationError("--deny must be 401 or 403.") }
    }

    func apply(to settings: inout SimulatorSettings) throws {
        do {
            settings.faults = try FaultPlan(faults)
            if let faultMethods {
                try settings.faults.restrict(toMethods: faultMethods.split(separator: ",").map(String.init))
            }
        } catch {
            throw ValidationError(error.description)
        }
        settings.listLag = .seconds(listLag / 1000)
        settings.deny = deny
    }
}
