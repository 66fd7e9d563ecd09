import PingOneAPI
import Testing

@Suite("A text that must not be shown")
struct SecretTests {
    private struct Holder {
        var name = "worker"
        var secret = Secret("hunter2")
        var secrets = [Secret("hunter2")]
        var maybe: Secret? = Secret("hunter2")
    }

    @Test("prints dots, in every way of printing")
    func dots() {
        let secret = Secret("hunter2")
        #expect(secret.description == "••••")
        #expect(secret.debugDescription == "••••")
        #expect("\(secret)" == "••••")
        #expect(String(describing: secret) == "••••")
        #expect(String(reflecting: secret) == "••••")
        #expect("\([secret])" == "[••••]")
        var dumped = ""
        dump(secret, to: &dumped)
        #expect(dumped == "- ••••\n")
    }

    @Test("stays hidden inside other values")
    func nested() {
        let holder = Holder()
        let credentials = ClientCredentials(clientID: "id", proof: .post(Secret("hunter2")))
        var texts = "\(holder) \(credentials)"
        texts += String(reflecting: holder) + String(reflecting: credentials)
        texts += "\(TokenVerdict.token(FetchedToken(value: Secret("hunter2"), lifetime: nil)))"
        dump(holder, to: &texts)
        dump(credentials, to: &texts)
        #expect(!texts.contains("hunter"))
        #expect(texts.contains("worker"))
    }

    @Test("gives the text to the one who asks for it")
    func reveal() {
        #expect(Secret("hunter2").reveal() == "hunter2")
        #expect(Secret("a") == Secret("a"))
        #expect(Secret("a") != Secret("b"))
    }
}
