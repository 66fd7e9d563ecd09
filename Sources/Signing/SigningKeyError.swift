/// Why a file gives no private key to sign with.
package enum SigningKeyError: Error, Equatable {
    case empty
    /// No PEM text, nor a key in binary form.
    case notPEM
    /// Binary: ASN.1 in DER.
    case binary
    case pkcs12
    case encrypted
    case publicKey
    case certificate
    case openSSH
    case damaged
    /// Another kind than RSA and EC, in OpenSSL's words.
    case unfitKind(String)
    /// A curve that has no algorithm of ours, in OpenSSL's words; nil where it has no name.
    case unfitCurve(String?)
    case shortRSA(bits: Int)

    /// What is wrong with a file, and the command that mends it.
    ///
    /// `name`: the file's, as a shell takes it for one word.
    package func description(of name: String) -> String {
        switch self {
        case .empty: "is empty. Write the key into it, as PEM."
        case .notPEM: "holds no key in PEM form, which begins with -----BEGIN PRIVATE KEY-----. Name the key's file."
        case .binary:
            "is in binary form (DER). Write the key as PEM: openssl pkey -inform DER -in \(name) -out pinglink-key.pem"
        case .pkcs12:
            "is a PKCS#12 file. Take the key out of it: "
                + "openssl pkcs12 -in \(name) -nocerts -noenc -out pinglink-key.pem"
        case .encrypted:
            "the key is encrypted, and nobody is there to ask for its passphrase. Write it without one, readable for "
                + "you alone: openssl pkey -in \(name) -out pinglink-key.pem"
        case .publicKey:
            "holds the public key, which belongs into PingOne; the private one signs. Where that is lost, make a new "
                + "pair: \(Self.newRSA)"
        case .certificate:
            "holds a certificate without its private key. Name the key's file, or make a new pair: \(Self.newRSA)"
        case .openSSH:
            "is in OpenSSH's own form. Write a copy as PEM: cp \(name) pinglink-key.pem && "
                + "ssh-keygen -p -N '' -m PKCS8 -f pinglink-key.pem"
        case .damaged: "the key in it is damaged. What OpenSSL says of it: openssl pkey -in \(name) -noout -check"
        case .unfitKind(let kind):
            "a key of kind \(kind); PingOne takes RSA and the curves P-256, P-384 and P-521. Make one: \(Self.newEC)"
        case .unfitCurve(let curve):
            "a key on \(curve.map { "the curve \($0)" } ?? "a curve without a name"); PingOne takes P-256, P-384 and "
                + "P-521. Make one: \(Self.newEC)"
        case .shortRSA(let bits):
            "an RSA key of \(bits) bits; 2048 are the least. Make one: \(Self.newRSA)"
        }
    }

    private static let newRSA = "openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out pinglink-key.pem"
    private static let newEC = "openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out pinglink-key.pem"
}
