/// Where the authorization server gives out tokens.
package struct TokenAddress: Sendable, Equatable {
    /// `https://auth.pingone.com/<environment>/as/token`, or a custom domain's `https://login.example.com/as/token`.
    package var url: String
    /// The environment that the address names; nil for a custom domain, which belongs to one.
    package var environment: String?

    /// - Parameters:
    ///   - server: the authorization server's URL, without a slash at the end. One that ends in `/as` is a custom domain's.
    ///   - environment: the worker application's.
    /// Source: PingOne's documents on custom domains: their paths have no environment id.
    package init(server: String, environment: String) {
        if server.hasSuffix("/as") {
            url = "\(server)/token"
        } else {
            url = "\(server)/\(environment)/as/token"
            self.environment = environment
        }
    }

    /// What to do about an address that answers as if there were no authorization server.
    ///
    /// `status`: 404 where there is none, else what only something else answers.
    package func advice(answering status: Int) -> String {
        let answers = "\(url) answers \(status)" + ((200..<300).contains(status) ? " without a token" : "")
        guard let environment else {
            return "No authorization server: \(answers). --auth-url with /as at its end is for a custom domain that is "
                + "active in PingOne; without one leave it out and name the --region."
        }
        guard status == 404 else {
            return "No authorization server: \(answers). Check --auth-url, or leave it out and name the --region. "
                + customDomain
        }
        return
            "PingOne knows no environment \(environment) here: \(answers). Check --auth-environment or --environment "
            + "and --region. \(customDomain)"
    }

    /// How to write the flag for a custom domain: for the server that was asked, unless that is one of PingOne's own.
    private var customDomain: String {
        let server = environment.map { url.dropLast("/\($0)/as/token".count) } ?? ""
        return server.hasPrefix("https://auth.pingone.")
            ? "A custom domain goes without the environment: --auth-url https://login.example.com/as."
            : "If this is a custom domain, it goes without the environment: --auth-url \(server)/as."
    }
}
