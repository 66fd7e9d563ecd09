import Foundation
import HTTPTransport
import PingOneAPI
import Testing

@Suite("The client's credentials in a token request")
struct ClientCredentialsTests {
    private func request(id: String, _ proof: ClientCredentials.Proof) -> HTTPRequest {
        ClientCredentials(clientID: id, proof: proof)
            .tokenRequest(url: "https://auth.pingone.com/E/as/token", timeout: .seconds(7), now: 0, id: "")
    }

    @Test("basic shows the credentials in a header")
    func basic() {
        #expect(
            request(id: "client", .basic(Secret("secret")))
                == HTTPRequest(
                    method: .post,
                    url: "https://auth.pingone.com/E/as/token",
                    headers: [
                        HTTPHeader(name: "Content-Type", value: "application/x-www-form-urlencoded"),
                        HTTPHeader(name: "Accept", value: "application/json"),
                        HTTPHeader(name: "Authorization", value: "Basic Y2xpZW50OnNlY3JldA=="),
                    ],
                    body: Array("grant_type=client_credentials".utf8),
                    timeout: .seconds(7)
                )
        )
    }

    @Test("post shows them in the body")
    func post() {
        #expect(
            request(id: "client", .post(Secret("secret")))
                == HTTPRequest(
                    method: .post,
                    url: "https://auth.pingone.com/E/as/token",
                    headers: [
                        HTTPHeader(name: "Content-Type", value: "application/x-www-form-urlencoded"),
                        HTTPHeader(name: "Accept", value: "application/json"),
                    ],
                    body: Array("grant_type=client_credentials&client_id=client&client_secret=secret".utf8),
                    timeout: .seconds(7)
                )
        )
    }

    @Test(
        "both encode what is not plain, as RFC 6749 asks for",
        arguments: [
            ("Az09-._~", "Az09-._~"), ("a:b", "a%3Ab"), ("a b", "a%20b"), ("a+b", "a%2Bb"), ("a&b=c", "a%26b%3Dc"),
            ("50%", "50%25"), ("\t\n", "%09%0A"), ("é", "%C3%A9"), ("😀", "%F0%9F%98%80"), ("\"*/@", "%22%2A%2F%40"),
        ]
    )
    func encoding(text: String, encoded: String) throws {
        let posted = request(id: text, .post(Secret(text)))
        #expect(
            posted.body
                == Array("grant_type=client_credentials&client_id=\(encoded)&client_secret=\(encoded)".utf8)
        )
        let header = try #require(request(id: text, .basic(Secret(text))).headers.last?.value)
        try #require(header.hasPrefix("Basic "))
        let pair = try #require(Data(base64Encoded: String(header.dropFirst(6))))
        #expect(String(decoding: pair, as: UTF8.self) == "\(encoded):\(encoded)")
    }
}
