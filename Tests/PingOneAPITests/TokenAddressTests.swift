import PingOneAPI
import Testing

@Suite("Where tokens come from")
struct TokenAddressTests {
    @Test(
        "a server that ends in /as is a custom domain and named as it stands; any other gets the environment",
        arguments: [
            ("https://auth.pingone.eu", "https://auth.pingone.eu/E/as/token", "E" as String?),
            ("https://login.example.com/as", "https://login.example.com/as/token", nil),
            ("https://login.example.com/as/", "https://login.example.com/as/token", nil),
            ("https://auth.pingone.eu/E/as", "https://auth.pingone.eu/E/as/token", nil),
            ("https://login.example.com", "https://login.example.com/E/as/token", "E"),
            ("https://login.example.com/gas", "https://login.example.com/gas/E/as/token", "E"),
            ("https://login.example.com/as/x", "https://login.example.com/as/x/E/as/token", "E"),
        ]
    )
    func addresses(server: String, url: String, environment: String?) throws {
        let address = try Endpoints(region: .europe, authURL: server).token(inEnvironment: "E")
        #expect(address.url == url)
        #expect(address.environment == environment)
    }

    @Test(
        "says how a custom domain is written, of the server that was asked or by example",
        arguments: [
            (
                "https://auth.pingone.eu", 404,
                "PingOne knows no environment E here: https://auth.pingone.eu/E/as/token answers 404. Check --auth-environment or --environment and --region. A custom domain goes without the environment: --auth-url https://login.example.com/as."
            ),
            (
                "https://login.example.org", 404,
                "PingOne knows no environment E here: https://login.example.org/E/as/token answers 404. Check --auth-environment or --environment and --region. If this is a custom domain, it goes without the environment: --auth-url https://login.example.org/as."
            ),
            (
                "https://login.example.org", 302,
                "No authorization server: https://login.example.org/E/as/token answers 302. Check --auth-url, or leave it out and name the --region. If this is a custom domain, it goes without the environment: --auth-url https://login.example.org/as."
            ),
            (
                "https://login.example.org/as", 405,
                "No authorization server: https://login.example.org/as/token answers 405. --auth-url with /as at its end is for a custom domain that is active in PingOne; without one leave it out and name the --region."
            ),
        ]
    )
    func advice(server: String, status: Int, text: String) {
        #expect(TokenAddress(server: server, environment: "E").advice(answering: status) == text)
    }
}
