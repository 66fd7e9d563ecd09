import LinkImport
import Machine
import PingOneAPI
import Signing

extension CommandSetup {
    /// What pinglink signs on with: by precedence like every setting, and among equals a ready token comes first.
    var credential: SettingKey? {
        let ofClient: [SettingKey] = usesPrivateKey ? [.privateKeyFile] : [.clientSecretFile, .clientSecret]
        return ([.accessTokenFile, .accessTokenCommand, .accessToken] + ofClient)
            .compactMap { key in settings[key].map { (key, $0.precedence) } }
            .min { $0.1 < $1.1 }?.0
    }

    private var usesPrivateKey: Bool { settings.text(.authMethod) == ClientCredentials.Method.privateKeyJWT.rawValue }

    func credentials() throws -> Credentials {
        try checkKeyFlags()
        guard let key = credential, let value = settings.text(key) else {
            guard !usesPrivateKey else {
                throw CommandFailure.usage(
                    "No private key: give --private-key-file F or PINGONE_PRIVATE_KEY_FILE for --auth-method private-key-jwt."
                )
            }
            throw CommandFailure.usage(
                "No credentials: give PINGONE_CLIENT_ID and PINGONE_CLIENT_SECRET (or --client-id and "
                    + "--client-secret-file), or a ready token with PINGONE_ACCESS_TOKEN, --access-token-file or "
                    + "--access-token-command; a private key with --auth-method private-key-jwt."
            )
        }
        switch key {
        case .accessTokenFile:
            // A pipe gives its token only once, and that to the run.
            if FileKind(of: value) == .regular { try checkText(ofFile: value, for: key) }
            return .tokenFile(path: value)
        case .accessTokenCommand:
            return .tokenCommand(
                TokenCommand(
                    ShellCommand(value, hidingVariables: SettingKey.secretVariables),
                    passing: Console.shared.pass
                )
            )
        case .accessToken:
            guard TokenVerdict.isToken(value) else { throw settings.failure(for: key, "does not hold one token.") }
            return .token(Secret(value))
        case .privateKeyFile:
            return try client(.assertion(.key(try privateKey(inFile: value), id: try keyID())))
        case .clientSecretFile: return try client(secret: try secret(inFile: value))
        default: return try client(secret: value)
        }
    }

    /// - Throws: a failure where a key is given on the command line and not used.
    func checkKeyFlags() throws {
        for key in [SettingKey.privateKeyFile, .keyID] where !usesPrivateKey && settings[key]?.origin == .flag(key) {
            throw settings.failure(for: key, "is for --auth-method private-key-jwt. Give that too, or leave this out.")
        }
    }

    func keyID() throws -> String? {
        try settings.value(.keyID, expected: "the id of the key in PingOne") { $0.isEmpty ? nil : $0 }
    }

    private func privateKey(inFile path: String) throws -> SigningKey {
        guard let bytes = WholeFile.bytes(at: path) else {
            throw settings.failure(for: .privateKeyFile, "\(path) cannot be read.")
        }
        do throws(SigningKeyError) {
            return try SigningKey(pem: bytes)
        } catch {
            let what = error.description(of: NextCommand.quoted(path))
            throw settings.failure(for: .privateKeyFile, "\(path): \(what)")
        }
    }

    private func client(secret: String) throws -> Credentials {
        let secret = Secret(secret)
        switch try authMethod() {
        case .basic: return try client(.basic(secret))
        case .post: return try client(.post(secret))
        case .clientSecretJWT: return try client(.assertion(.secret(secret)))
        case .privateKeyJWT: preconditionFailure("a secret where a private key signs on")
        }
    }

    private func client(_ proof: ClientCredentials.Proof) throws -> Credentials {
        guard let clientID = settings.text(.clientID) else {
            throw CommandFailure.usage("No client id: give --client-id ID or PINGONE_CLIENT_ID.")
        }
        return .client(ClientCredentials(clientID: clientID, proof: proof))
    }

    private static let methods = "basic, post, client-secret-jwt or private-key-jwt"

    func authMethod() throws -> ClientCredentials.Method {
        try settings.standing(.authMethod, expected: Self.methods) { ClientCredentials.Method(rawValue: $0) }
    }

    private func secret(inFile path: String) throws -> String {
        guard let secret = try checkText(ofFile: path, for: .clientSecretFile) else {
            throw settings.failure(for: .clientSecretFile, "\(path) cannot be read.")
        }
        guard !secret.isEmpty else { throw settings.failure(for: .clientSecretFile, "\(path) is empty.") }
        return secret
    }

    /// What a file with one value holds, without white space and byte order marks around it; nil where it cannot be read.
    ///
    /// - Throws: a failure that names the file where that can be no value.
    @discardableResult
    private func checkText(ofFile path: String, for key: SettingKey) throws -> String? {
        guard let bytes = WholeFile.bytes(at: path) else { return nil }
        guard let text = String(validating: bytes, as: UTF8.self)?.trimmingSpace() else {
            throw settings.failure(for: key, "\(path) is not UTF-8 text. Write the value into it anew.")
        }
        guard !text.hasControlCharacter else {
            throw CommandFailure.usage(
                "\(settings[key]?.origin ?? .flag(key)): \(path): a control character is in it, such as a line break. "
                    + "Leave one value in it."
            )
        }
        return text
    }
}
