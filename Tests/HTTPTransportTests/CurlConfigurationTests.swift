import HTTPTransport
import TestKit
import Testing

@Suite("Extra trusted roots")
struct CurlConfigurationTests {
    @Test("a file that is not there is named")
    func missing() {
        let error = #expect(throws: TransportConfigurationError.self) {
            try CurlConfiguration(caFile: "no/such/ca.pem", userAgent: "x")
        }
        #expect(error == .unreadableRoots(file: "no/such/ca.pem"))
        #expect(
            error?.description
                == "no/such/ca.pem: the file with trusted roots cannot be read; check its path and permissions."
        )
    }

    @Test(
        "a file without a readable certificate is named",
        arguments: [
            "", "hello",
            "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n",
            "-----BEGIN CERTIFICATE-----\nMIIB\n",
            "-----BEGIN CERTIFICATE-----\nM!IB\n-----END CERTIFICATE-----\n",
            "-----BEGIN CERTIFICATE-----\naGVsbG8=\n-----END CERTIFICATE-----\n",
            "-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n",
        ]
    )
    func noCertificate(text: String) throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("ca.pem", text)
        let error = #expect(throws: TransportConfigurationError.self) {
            try CurlConfiguration(caFile: file, userAgent: "x")
        }
        #expect(error == .noCertificate(file: file))
        #expect(
            error?.description
                == "\(file): no readable PEM certificate in it; name a file with BEGIN CERTIFICATE blocks."
        )
    }
}
