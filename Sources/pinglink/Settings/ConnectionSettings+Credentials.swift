import Glibc
import Machine
import PingOneAPI
import PingOneClient
import RawPaths
import Signing

extension Settings {
    /// What pinglink signs on with: by precedence like every setting, and among equals a ready token comes first.
    var credential: SettingKey? {
        let rows = SettingTable.rows
        let usesPrivateKey = text(\.authMethod) == ClientCredentials.Method.privateKeyJWT.rawValue
        let ofClient = usesPrivateKey ? [rows.privateKeyFile.key] : [rows.clientSecretFile.key, rows.clientSecret.key]
        return ([rows.accessTokenFile.key, rows.accessTokenCommand.key, rows.accessToken.key] + ofClient)
            .compactMap { key in self[key].map { (key, $0.origin.precedence) } }
            .min { $0.1 < $1.1 }?.0
    }
}

extension ConnectionSettings {
    /// Reads the secret, or says where a token comes from.
    func credentials() throws -> Credentials {
        guard let key = settings.credential, let value = settings[key]?.values.first else { throw noCredentials }
        let rows = SettingTable.rows
        switch key {
        case rows.accessTokenFile.key:
            // A pipe gives its token only once, and that to the run.
            if FileKind(of: value) == .regular { try checkText(ofFile: value, for: \.accessTokenFile) }
            return .tokenFile(path: value)
        case rows.accessTokenCommand.key:
            return .tokenCommand(
                TokenCommand(
                    ShellCommand(value, hidingVariables: SettingTable.secretVariables),
                    passing: Console.shared.pass
                )
            )
        case rows.accessToken.key:
            guard TokenVerdict.isToken(value) else {
                throw settings.failure(for: \.accessToken, "does not hold one token. Give the token alone, one word.")
            }
            return .token(Secret(value))
        case rows.privateKeyFile.key: return try client(.assertion(.key(try privateKey(inFile: value), id: keyID)))
        case rows.clientSecretFile.key: return try client(secret: try secret(inFile: value))
        default: return try client(secret: value)
        }
    }

    private var noCredentials: CommandFailure {
        authMethod == .privateKeyJWT
            ? .usage(
                "No private key: give --private-key-file F or PINGONE_PRIVATE_KEY_FILE for --auth-method private-key-jwt."
            )
            : .usage(
                "No credentials: give PINGONE_CLIENT_ID and PINGONE_CLIENT_SECRET (or --client-id and "
                    + "--client-secret-file), or a ready token with PINGONE_ACCESS_TOKEN, --access-token-file or "
                    + "--access-token-command; a private key with --auth-method private-key-jwt."
            )
    }

    private func privateKey(inFile path: String) throws -> SigningKey {
        guard let bytes = WholeFile.bytes(at: path) else {
            throw unreadable(path, for: \.privateKeyFile)
        }
        do throws(SigningKeyError) {
            return try SigningKey(pem: bytes)
        } catch {
            let what = error.description(of: ShellWord.text(path))
            throw settings.failure(for: \.privateKeyFile, "\(path): \(what)")
        }
    }

    private func client(secret: String) throws -> Credentials {
        let secret = Secret(secret)
        switch authMethod {
        case .basic: return try client(.basic(secret))
        case .post: return try client(.post(secret))
        case .clientSecretJWT: return try client(.assertion(.secret(secret)))
        case .privateKeyJWT: preconditionFailure("a secret where a private key signs on")
        }
    }

    private func client(_ proof: ClientCredentials.Proof) throws -> Credentials {
        guard let clientID = settings.text(\.clientID) else {
            throw CommandFailure.usage("No client id: give --client-id ID or PINGONE_CLIENT_ID.")
        }
        return .client(ClientCredentials(clientID: clientID, proof: proof))
    }

    private func secret(inFile path: String) throws -> String {
        guard let secret = try checkText(ofFile: path, for: \.clientSecretFile) else {
            throw unreadable(path, for: \.clientSecretFile)
        }
        guard !secret.isEmpty else {
            throw settings.failure(for: \.clientSecretFile, "\(path) is empty. Write the secret into it.")
        }
        return secret
    }

    /// Where nothing has that name it may be no path but the secret itself.
    private func unreadable(_ path: String, for row: KeyPath<SettingTable, Setting<String?>>) -> CommandFailure {
        let isThere = unsafe access(path.pathBytes, F_OK) == 0
        let file = isThere ? "\(path) cannot be read" : "there is no file of the name that is given"
        return settings.failure(for: row, "\(file). Check the path and its permissions.")
    }

    /// What a file with one value holds, without white space and byte order marks around it; nil where it cannot be read.
    ///
    /// - Throws: a failure that names the file where that can be no value.
    @discardableResult
    private func checkText(
        ofFile path: String,
        for row: KeyPath<SettingTable, Setting<String?>>
    ) throws -> String? {
        guard let bytes = WholeFile.bytes(at: path) else { return nil }
        guard let text = String(validating: bytes, as: UTF8.self)?.trimmingSpace() else {
            throw settings.failure(for: row, "\(path) is not UTF-8 text. Write the value into it anew.")
        }
        guard !text.hasControlCharacter else {
            throw CommandFailure.usage(
                "\(settings.origin(of: row)): \(path): a control character is in it, such as a line break. "
                    + "Leave one value in it."
            )
        }
        return text
    }
}
