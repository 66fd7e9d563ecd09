import Testing

@testable import PingOneSimulator

@Suite("Which call a path is")
struct RouteTests {
    @Test(
        "paths are what they look like",
        arguments: [
            ("/e/as/token", Route.token(environment: "e")), ("/as/token", .token(environment: nil)),
            ("/v1/environments/e", .api(environment: "e", .environment)),
            ("/v1/environments/e/identityProviders", .api(environment: "e", .identityProviders)),
            ("/v1/environments/e/identityProviders/i", .api(environment: "e", .identityProvider("i"))),
            (
                "/v1/environments/e/identityProviders/i/attributes",
                .api(environment: "e", .attributes(identityProvider: "i"))
            ),
            (
                "/v1/environments/e/identityProviders/i/attributes/a",
                .api(environment: "e", .attribute(identityProvider: "i", id: "a"))
            ),
            ("/v1/environments/e/users/u", .api(environment: "e", .user("u"))),
            ("/v1/environments/e/users/u/linkedAccounts", .api(environment: "e", .linkedAccounts(user: "u"))),
            ("/v1/environments/e/users/u/linkedAccounts/l", .api(environment: "e", .linkedAccount(user: "u", id: "l"))),
            ("/_simulator", .control("")), ("/_simulator/tokens/revoke", .control("tokens/revoke")),
            ("/", .unknown), ("", .unknown), ("/v1", .unknown), ("/v1/environments", .unknown),
            ("/environments/e", .unknown), ("/v1/environments/e/users", .api(environment: "e", .users)),
            ("/v1/environments/e/users/u/linkedAccounts/", .api(environment: "e", .linkedAccount(user: "u", id: ""))),
            ("/v1/environments/e/users/u/other", .unknown), ("/v1/environments/e/users/u/linkedAccounts/l/x", .unknown),
        ]
    )
    func route(path: String, route: Route) {
        #expect(Route(path: path) == route)
    }
}
