import Foundation
import Signing
import TestKit
import Testing

@Suite("A private key that signs")
struct SigningKeyTests {
    /// Makes the file `key.pem`, reads it, signs with it, and has openssl check the signature.
    private func check(_ making: String, _ algorithm: SigningKey.Algorithm, _ digest: String) throws {
        let openssl = try OpenSSL()
        try openssl(making)
        let key = try SigningKey(pem: openssl.bytes("key.pem"))
        #expect(key.algorithm == algorithm)
        let message = Array("eyJhbGciOiJ.eyJpc3MiOiJ".utf8)
        let signature = key.signature(of: message)
        try openssl.folder.write("message", bytes: message)
        try openssl.folder.write("signature", bytes: algorithm == .rs256 ? signature : Self.asn1(signature))
        try openssl("openssl pkey -in key.pem -pubout -out public.pem")
        try openssl("openssl dgst -\(digest) -verify public.pem -signature signature message")
        #expect("\(key)" == "\(algorithm.rawValue) ••••")
    }

    /// The two halves as a sequence of two integers.
    private static func asn1(_ signature: [UInt8]) -> [UInt8] {
        let half = signature.count / 2
        let numbers = [signature.prefix(half), signature.suffix(half)].flatMap { number -> [UInt8] in
            var bytes = Array(number.drop { $0 == 0 })
            if bytes.first.map({ $0 >= 0x80 }) ?? true { bytes.insert(0, at: 0) }
            return [0x02, UInt8(bytes.count)] + bytes
        }
        return [0x30] + (numbers.count < 0x80 ? [] : [0x81]) + [UInt8(numbers.count)] + numbers
    }

    private static let rsa = "openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048"
    private static func ec(_ curve: String) -> String { "openssl ecparam -name \(curve) -genkey" }

    @Test(
        "reads keys as PKCS#8 and in their traditional form, and signs as its kind of key does",
        arguments: [
            ("\(rsa) -out key.pem", SigningKey.Algorithm.rs256, "sha256"),
            ("\(rsa) -out k && openssl rsa -traditional -in k -out key.pem", .rs256, "sha256"),
            ("\(ec("prime256v1")) -out key.pem", .es256, "sha256"),
            ("\(ec("prime256v1")) -noout -out key.pem", .es256, "sha256"),
            ("\(ec("prime256v1")) | openssl pkcs8 -topk8 -nocrypt -out key.pem", .es256, "sha256"),
            ("\(ec("secp384r1")) -out key.pem", .es384, "sha384"),
            ("\(ec("secp384r1")) | openssl pkcs8 -topk8 -nocrypt -out key.pem", .es384, "sha384"),
            ("\(ec("secp521r1")) -out key.pem", .es512, "sha512"),
            ("\(ec("secp521r1")) | openssl pkcs8 -topk8 -nocrypt -out key.pem", .es512, "sha512"),
        ]
    )
    func forms(making: String, algorithm: SigningKey.Algorithm, digest: String) throws {
        try check(making, algorithm, digest)
    }

    @Test("what stands around a key does not matter: a mark, a certificate, line breaks of Windows")
    func surroundings() throws {
        try check(
            "openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=x -keyout k -out c && "
                + "printf '\\357\\273\\277' > key.pem && cat k c | sed 's/$/\\r/' >> key.pem",
            .rs256,
            "sha256"
        )
    }

    @Test(
        "says what else a file is",
        arguments: [
            ("\(rsa) -aes256 -pass pass:x -out key", SigningKeyError.encrypted),
            ("\(rsa) -out k && openssl rsa -traditional -aes256 -passout pass:x -in k -out key", .encrypted),
            ("\(ec("prime256v1")) | openssl ec -aes256 -passout pass:x -out key", .encrypted),
            ("\(rsa) | openssl pkey -pubout -out key", .publicKey),
            ("openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=x -keyout k -out key", .certificate),
            ("\(ec("secp256k1")) -out key", .unfitCurve("secp256k1")),
            ("\(ec("brainpoolP256r1")) -out key", .unfitCurve("brainpoolP256r1")),
            ("openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:1024 -out key", .shortRSA(bits: 1024)),
            ("openssl genpkey -algorithm ED25519 -out key", .unfitKind("ED25519")),
            ("openssl genpkey -algorithm RSA-PSS -out key", .unfitKind("RSA-PSS")),
            ("\(rsa) -outform DER -out key", .binary),
            ("\(ec("prime256v1")) | openssl ec -outform DER -out key", .binary),
            (
                "openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=x -keyout k -out c && "
                    + "openssl pkcs12 -export -in c -inkey k -passout pass:x -out key", .pkcs12
            ),
            ("\(rsa) | sed 3d > key", .damaged),
            ("\(rsa) | head -5 > key", .damaged),
            (
                "printf '%s\\n' '-----BEGIN OPENSSH PRIVATE KEY-----' x '-----END OPENSSH PRIVATE KEY-----' > key",
                .openSSH
            ),
            ("echo '{\"kty\":\"RSA\"}' > key", .notPEM),
            ("true > key", .empty),
            ("echo > key", .notPEM),
        ]
    )
    func unfit(making: String, error: SigningKeyError) throws {
        let openssl = try OpenSSL()
        try openssl(making)
        let bytes = try openssl.bytes("key")
        #expect(throws: error) { try SigningKey(pem: bytes) }
    }

    @Test(
        "the command that it names makes a key of the file",
        arguments: [
            "\(rsa) -aes256 -pass pass:x -out key", "\(rsa) -outform DER -out key",
            "\(rsa) -out k && openssl rsa -in k -traditional -outform DER -out key",
            "openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:1024 -out key", "\(ec("secp256k1")) -out key",
            "openssl genpkey -algorithm ED25519 -out key", "\(rsa) | openssl pkey -pubout -out key",
            "openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=x -keyout k -out c && "
                + "openssl pkcs12 -export -in c -inkey k -passout pass:x -out key",
        ]
    )
    func mended(making: String) throws {
        let openssl = try OpenSSL()
        try openssl(making)
        let bytes = try openssl.bytes("key")
        let error = #expect(throws: SigningKeyError.self) { try SigningKey(pem: bytes) }
        let text = try #require(error).description(of: "key")
        let command = try #require(text.firstRange(of: "openssl ").map { text[$0.lowerBound...] })
        // Whoever runs it is asked for the passphrase.
        try openssl(String(command).replacing("-in key", with: "-passin pass:x -in key"))
        #expect(throws: Never.self) { try SigningKey(pem: openssl.bytes("pinglink-key.pem")) }
    }

    @Test("HS256 is what RFC 7515, appendix A.1, has")
    func secret() throws {
        let encoded = "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"
        let secret = try #require(
            Data(base64Encoded: encoded.replacing("-", with: "+").replacing("_", with: "/") + "==")
        )
        let message =
            "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
        let code = SecretSignature.hs256(of: Array(message.utf8), secret: Array(secret))
        #expect(Data(code).base64EncodedString() == "dBjftJeZ4CVP+mB92K27uhbUJU1p1r/wW1gFWFOEjXk=")
    }

    @Test("nothing shows the key, however it is printed")
    func hidden() throws {
        let openssl = try OpenSSL()
        try openssl("\(Self.rsa) -out key")
        let key = try SigningKey(pem: openssl.bytes("key"))
        var texts = "\(key) \([key]) \(String(reflecting: key))"
        dump(key, to: &texts)
        #expect(!texts.contains("pem"))
        #expect(texts.count < 120, "\(texts)")
    }
}
