/// The settings that a flag, a variable or the configuration file may give. The raw value is the flag's name and the
/// key in the file; the two secrets have neither, only a variable.
enum SettingKey: String, CaseIterable, Sendable {
    case environment
    case idp
    case region
    case apiURL = "api-url"
    case authURL = "auth-url"
    case authEnvironment = "auth-environment"
    case clientID = "client-id"
    case clientSecretFile = "client-secret-file"
    case clientSecret = "client-secret"
    case accessTokenFile = "access-token-file"
    case accessTokenCommand = "access-token-command"
    case accessToken = "access-token"
    case authMethod = "auth-method"
    case privateKeyFile = "private-key-file"
    case keyID = "key-id"
    case caFile = "ca-file"
    case proxy
    case rate
    case maxRate = "max-rate"
    case concurrency
    case timeout
    case attempts
    case maxWait = "max-wait"
    case maxFailures = "max-failures"
    case encoding
    case delimiter
    case update
    case userKey = "user-key"
    case userIndex = "user-index"
    case map
    case ignore
    case acceptDamagedIDs = "accept-damaged-ids"
    case mappings
    case mappingsFile = "mappings-file"
    case strict
    case ledger
    case ledgerSchema = "ledger-schema"
    case lease
    case ledgerPatience = "ledger-patience"
    case rejects
    case retryFile = "retry-file"
    case retry
    case limit
    case maxDuration = "max-duration"
    case until
    case progress
    case logFormat = "log-format"
    case quiet
    case metricsFile = "metrics-file"
    case metricsLabel = "metrics-label"
    case reportFile = "report-file"

    /// The environment variables with the same meaning, where there are any: ours, then what Ping's newer tools call it.
    var variables: [String] {
        switch self {
        case .region: [variable, "PINGONE_REGION_CODE"].compactMap(\.self)
        case .accessToken: [variable, "PINGONE_API_ACCESS_TOKEN"].compactMap(\.self)
        default: [variable].compactMap(\.self)
        }
    }

    /// Ours.
    var variable: String? {
        switch self {
        case .environment: "PINGONE_ENVIRONMENT_ID"
        case .idp: "PINGONE_IDENTITY_PROVIDER_ID"
        case .region: "PINGONE_REGION"
        case .apiURL: "PINGONE_API_URL"
        case .authURL: "PINGONE_AUTH_URL"
        case .authEnvironment: "PINGONE_AUTH_ENVIRONMENT_ID"
        case .clientID: "PINGONE_CLIENT_ID"
        case .clientSecret: "PINGONE_CLIENT_SECRET"
        case .accessToken: "PINGONE_ACCESS_TOKEN"
        case .accessTokenCommand: "PINGLINK_ACCESS_TOKEN_COMMAND"
        case .authMethod: "PINGONE_AUTH_METHOD"
        case .privateKeyFile: "PINGONE_PRIVATE_KEY_FILE"
        case .keyID: "PINGONE_KEY_ID"
        case .caFile: "PINGLINK_CA_FILE"
        case .ledger: "PINGLINK_LEDGER"
        default: nil
        }
    }

    /// What holds when nobody gives it, as it would stand in a file; nil where nothing does, or what follows from
    /// other settings.
    var standard: String? {
        switch self {
        case .region: "com"
        case .authMethod: "basic"
        case .rate, .userIndex: "auto"
        case .concurrency: "32"
        case .timeout: "30"
        case .ledgerSchema: "pinglink"
        case .lease: "30s"
        case .ledgerPatience: "5m"
        case .attempts: "5"
        case .maxWait: "5m"
        case .maxFailures: "50%"
        case .encoding: "UTF-8"
        case .delimiter: "auto"
        case .update: "EMPTY_ONLY"
        case .acceptDamagedIDs, .mappings, .strict, .quiet: "false"
        case .progress: "auto"
        case .logFormat: "text"
        default: nil
        }
    }

    /// Whether it may be given more than once.
    var isRepeatable: Bool {
        self == .map || self == .ignore || self == .retry
    }

    /// Whether its value is shown to nobody.
    var isSecret: Bool {
        self == .clientSecret || self == .accessToken
    }

    /// What a program that we start has no need to know: the secrets, and what may hold the password of a database.
    static var secretVariables: [String] {
        allCases.filter(\.isSecret).flatMap(\.variables) + ["PGPASSWORD", "PINGLINK_LEDGER"]
    }

    /// The flags that are for one run and therefore not for a file.
    static let flagsOnly: Set<String> = [
        "anew", "change", "config", "dry-run", "format", "help", "include-read-back", "json", "output", "profile",
        "run",
        "state", "verbose", "version", "yes",
    ]
}
