import PingOneAPI
import Testing

@Suite("The addresses that are called")
struct EndpointsTests {
    @Test(
        "each region has its own hosts",
        arguments: [
            (Region.northAmerica, "com"), (.canada, "ca"), (.europe, "eu"), (.asiaPacific, "asia"),
            (.australia, "com.au"), (.singapore, "sg"),
        ]
    )
    func regions(region: Region, domain: String) throws {
        let endpoints = try Endpoints(region: region)
        #expect(endpoints.api == "https://api.pingone.\(domain)/v1")
        #expect(endpoints.auth == "https://auth.pingone.\(domain)")
    }

    @Test("the addresses of the calls")
    func addresses() throws {
        let endpoints = try Endpoints(region: .europe)
        #expect(endpoints.environment("E") == "https://api.pingone.eu/v1/environments/E")
        #expect(
            endpoints.identityProvider("P", in: "E")
                == "https://api.pingone.eu/v1/environments/E/identityProviders/P"
        )
        #expect(
            endpoints.attributeMappings(ofIdentityProvider: "P", in: "E")
                == "https://api.pingone.eu/v1/environments/E/identityProviders/P/attributes"
        )
        #expect(endpoints.users(in: "E") == "https://api.pingone.eu/v1/environments/E/users")
        #expect(endpoints.token(inEnvironment: "E").url == "https://auth.pingone.eu/E/as/token")
    }

    @Test(
        "the API's address goes with and without its version and a slash at its end",
        arguments: [
            ("https://api.example.test", "https://api.example.test/v1"),
            ("https://api.example.test/", "https://api.example.test/v1"),
            ("https://api.example.test//", "https://api.example.test/v1"),
            ("https://api.example.test/v1", "https://api.example.test/v1"),
            ("https://api.example.test/v1/", "https://api.example.test/v1"),
            ("https://api.example.test/v1//", "https://api.example.test/v1"),
            ("https://api.example.test/prefix", "https://api.example.test/prefix/v1"),
            ("https://api.example.test/prefix/v1/", "https://api.example.test/prefix/v1"),
            ("https://api.example.test/rev1", "https://api.example.test/rev1/v1"),
            ("https://api.example.test:8443", "https://api.example.test:8443/v1"),
            ("HTTPS://API.example.test", "HTTPS://API.example.test/v1"),
            ("https://[2001:db8::7]:8443/v1", "https://[2001:db8::7]:8443/v1"),
            ("https://192.0.2.7", "https://192.0.2.7/v1"),
        ]
    )
    func version(url: String, api: String) throws {
        let endpoints = try Endpoints(region: .canada, apiURL: url)
        #expect(endpoints.api == api)
        #expect(endpoints.auth == "https://auth.pingone.ca")
    }

    @Test("the authorization server's address has no version")
    func authorizationServer() throws {
        let endpoints = try Endpoints(region: .canada, authURL: "https://auth.example.test/")
        #expect(endpoints.auth == "https://auth.example.test")
        #expect(endpoints.api == "https://api.pingone.ca/v1")
        #expect(endpoints.token(inEnvironment: "E").url == "https://auth.example.test/E/as/token")
    }

    @Test(
        "plain http goes to this machine",
        arguments: [
            "http://localhost", "http://LocalHost:8080", "http://127.0.0.1", "http://127.0.0.1:8080",
            "http://127.255.255.254:65535", "http://[::1]", "http://[::1]:8080", "HTTP://localhost:1",
            "http://localhost/prefix",
        ]
    )
    func loopback(url: String) throws {
        let endpoints = try Endpoints(region: .europe, apiURL: url, authURL: url)
        #expect(endpoints.api == url + "/v1")
        #expect(endpoints.auth == url)
    }

    @Test(
        "plain http goes to no other machine, however much it looks like this one",
        arguments: [
            "http://api.pingone.com", "http://127.0.0.1.evil.test", "http://127.evil.test",
            "http://localhost.evil.test",
            "http://localhost.", "http://evil-localhost", "http://128.0.0.1", "http://126.0.0.1", "http://10.0.0.1",
            "http://0.0.0.0", "http://127.1", "http://127.0.0", "http://127.0.0.256", "http://127.0.0.1.",
            "http://127.0.0.",
            "http://0x7f.0.0.1", "http://0177.0.0.1", "http://2130706433", "http://[::2]", "http://[::]",
            "http://[0:0:0:0:0:0:0:1]", "http://[::ffff:127.0.0.1]", "http://[::1.2.3.4]", "http://evil.test/localhost",
            "http://evil.test:80/127.0.0.1", "http://192.168.0.1:8080/v1",
        ]
    )
    func plainHTTP(url: String) {
        let error = #expect(throws: EndpointError.self) { try Endpoints(region: .europe, apiURL: url) }
        #expect(
            error?.description
                == "--api-url: credentials are never sent over plain http:// except to a loopback address. Use https://."
        )
        #expect(throws: EndpointError.plainHTTP(flag: "--auth-url")) { try Endpoints(region: .europe, authURL: url) }
    }

    @Test(
        "what two parsers could read in two ways is malformed",
        arguments: [
            "", "/", "localhost", "api.example.test", "//api.example.test", "https", "https:", "https:/", "https://",
            "https:///", "https:///v1", "https:api.example.test", "https:/api.example.test", "ftp://api.example.test",
            "file:///etc/passwd", "https+unix://x", " https://api.example.test", "https://api.example.test ",
            "https://api.example.test\n", "https://api .example.test", "https://user@api.example.test",
            "https://user:pass@api.example.test", "http://localhost@evil.test", "http://localhost:80@evil.test",
            "http://127.0.0.1:8080@evil.test/", "http://evil.test#@localhost", "http://evil.test#localhost",
            "http://evil.test?@localhost", "https://api.example.test?x=1", "https://api.example.test/v1#top",
            #"http://localhost\@evil.test"#, #"http://evil.test\@localhost"#, #"http:\\localhost"#,
            #"http://localhost\.evil.test"#, "http://localhost%00.evil.test", "http://%6cocalhost",
            "http://localhost%2eevil",
            "https://api.example.test:", "https://api.example.test:0", "https://api.example.test:65536",
            "https://api.example.test:99999999999999999999", "https://api.example.test:-1",
            "https://api.example.test:+80",
            "https://api.example.test:8a", "https://api.example.test:80:90", "http://localhost:8080:80", "https://:443",
            "http://::1", "http://[::1", "http://::1]", "http://[::1]evil.test", "http://[::1].evil.test",
            "http://[::1]:",
            "http://[::1]:0", "http://[]", "http://[]:80", "http://[localhost]", "http://[127.0.0.1]:80",
            "https://[evil.test]", "https://api[.example.test", "https://api].example.test", "https://[::1][::1]",
            "http://loc\u{430}lhost", "http://１２７.0.0.1", "https://b\u{FC}cher.example",
            "http://localhost\u{0}.evil.test",
            "http://localhost;evil.test", "http://localhost,evil.test", "http://localhost&evil.test", "https://a'b",
            "https://a\"b",
        ]
    )
    func malformed(url: String) {
        let error = #expect(throws: EndpointError.self) { try Endpoints(region: .europe, authURL: url) }
        #expect(
            error?.description
                == "--auth-url: not a URL of the form https://host[:port][/path]. Give scheme, host and path only."
        )
        #expect(throws: EndpointError.malformed(flag: "--api-url")) { try Endpoints(region: .europe, apiURL: url) }
    }

    @Test(
        "a loopback host by itself",
        arguments: [
            ("localhost", true), ("LOCALHOST", true), ("::1", true), ("127.0.0.1", true), ("127.1.2.3", true),
            ("", false), ("[::1]", false), ("127.0.0.1:80", false), ("127.0.0.1.1", false), ("127.0..1", false),
            ("a127.0.0.1", false), ("localhost.localdomain", false),
        ]
    )
    func isLoopback(host: String, expected: Bool) {
        #expect(Endpoints.isLoopback(host) == expected)
    }
}
