/// A private key that signs with the algorithm of its kind. It shows nothing of itself.
///
/// A value without a handle: the key is read anew for each signature, of which there are few.
package struct SigningKey: Sendable, Equatable, CustomStringConvertible, CustomReflectable {
    /// As JSON Web Signatures name them. Source: RFC 7518, section 3.1.
    package enum Algorithm: String, Sendable, Equatable, CaseIterable {
        case rs256 = "RS256"
        case es256 = "ES256"
        case es384 = "ES384"
        case es512 = "ES512"
    }

    package let algorithm: Algorithm
    private let pem: [UInt8]

    /// Reads a key as PKCS#8 (`PRIVATE KEY`) or in its traditional form (`RSA PRIVATE KEY`, `EC PRIVATE KEY`); what stands
    /// around it does not matter.
    ///
    /// - Throws: what is wrong with it.
    package init(pem: [UInt8]) throws(SigningKeyError) {
        try Self.checkForm(of: pem)
        guard let key = PrivateKey(pem: pem) else { throw .damaged }
        algorithm = try key.algorithm()
        self.pem = pem
    }

    /// As a JSON Web Signature has it. Source: RFC 7518, sections 3.3 and 3.4.
    package func signature(of message: [UInt8]) -> [UInt8] {
        guard let key = PrivateKey(pem: pem) else { preconditionFailure("a key that could be read cannot any more") }
        return key.signature(of: message, algorithm)
    }

    package var description: String { "\(algorithm.rawValue) ••••" }
    package var customMirror: Mirror { Mirror(self, children: []) }

    /// Looks at the labels of the PEM blocks, to say what else it is.
    private static func checkForm(of bytes: [UInt8]) throws(SigningKeyError) {
        guard !bytes.isEmpty else { throw .empty }
        let text = String(decoding: bytes, as: UTF8.self)
        let labels = text.matches(of: /-----BEGIN ([A-Z0-9 ]+)-----/).map(\.1)
        guard let label = labels.first(where: { $0.hasSuffix("PRIVATE KEY") }) else {
            if labels.contains(where: { $0.hasSuffix("PUBLIC KEY") }) { throw .publicKey }
            if labels.contains(where: { $0.hasPrefix("CERTIFICATE") }) { throw .certificate }
            guard labels.isEmpty, bytes[0] == sequence else { throw .notPEM }
            throw isPKCS12(bytes) ? .pkcs12 : .binary
        }
        if label == "OPENSSH PRIVATE KEY" { throw .openSSH }
        if label.hasPrefix("ENCRYPTED") || text.contains("Proc-Type: 4,ENCRYPTED") { throw .encrypted }
    }

    /// ASN.1's tags of a sequence and of an integer.
    private static let sequence: UInt8 = 0x30
    private static let integer: UInt8 = 0x02

    /// Whether it begins as RFC 7292, section 4, says: a sequence whose first element is the version, 3. Those of keys have
    /// 0 or 1 there.
    private static func isPKCS12(_ bytes: [UInt8]) -> Bool {
        guard bytes.count > 2 else { return false }
        // The length of the sequence may have several bytes, or be left open (0x80).
        let content = bytes[1] & 0x80 == 0 ? 2 : 2 + Int(bytes[1] & 0x7F)
        return bytes.dropFirst(content).starts(with: [integer, 1, 3])
    }
}
