/// The geographies in which PingOne runs; each is a top-level domain of its hosts.
///
/// Source: PingOne API, "Before you begin": NA `com`, Canada `ca`, EU `eu`, Australia `com.au`, Singapore `sg`,
/// Asia-Pacific `asia`.
package enum Region: String, Sendable, Equatable, CaseIterable {
    case northAmerica = "com"
    case canada = "ca"
    case europe = "eu"
    case asiaPacific = "asia"
    case australia = "com.au"
    case singapore = "sg"

    /// Accepts the domain (`com.au`) and PingOne's own code (`AU`), without regard to case.
    package init?(argument: String) {
        switch argument.lowercased() {
        case "com", "na": self = .northAmerica
        case "ca": self = .canada
        case "eu": self = .europe
        case "asia", "ap": self = .asiaPacific
        case "com.au", "au": self = .australia
        case "sg": self = .singapore
        default: return nil
        }
    }
}
