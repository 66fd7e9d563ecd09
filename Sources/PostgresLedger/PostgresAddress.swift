import CLibPQ
import Glibc

/// Which database and which schema in it: what the user has named, and what libpq makes of it.
package struct PostgresAddress: Sendable, Equatable {
    /// What begins such an address, see libpq's "Connection URIs".
    package static let schemes = ["postgresql://", "postgres://"]

    package static let standardSchema = "pinglink"

    /// Why an address is none. Neither text repeats the address: there may be a password in it.
    package enum Mistake: Error, Equatable {
        /// In libpq's words, which name the part that it does not understand.
        case malformed(reason: String)
        /// 1 to 63 bytes, none of them NUL, and not one that PostgreSQL keeps for itself.
        case schema
    }

    /// With the password, where the user has put it into the address.
    private let uri: String
    package let schema: String
    /// The address without its password: for messages, and for commands that go on from here.
    package let name: String
    package let hasPassword: Bool

    /// - Throws: what is wrong with it; nothing is connected yet.
    package init(_ uri: String, schema: String = standardSchema) throws(Mistake) {
        let options = try Self.options(of: uri)
        guard (1...63).contains(schema.utf8.count), !schema.utf8.contains(0), !schema.hasPrefix("pg_") else {
            throw .schema
        }
        self.uri = uri
        self.schema = schema
        // In a password these have a meaning for libpq, which then takes a part of it for something else.
        guard !["host", "port", "dbname"].contains(where: { options[$0]?.contains("@") == true }),
            options["port"]?.allSatisfy({ $0.isNumber || $0 == "," }) ?? true
        else { throw .malformed(reason: "a /, ?, # or @ in a password is written as %2F, %3F, %23, %40") }
        hasPassword = Self.passwords.contains { !(options[$0] ?? "").isEmpty }
        name = Self.withoutPassword(uri, options)
    }

    /// The schema as an SQL identifier.
    var quotedSchema: String { "\"" + schema.replacing("\"", with: "\"\"") + "\"" }

    /// A connection, or one that says why it is none; nil without memory.
    func connect() -> OpaquePointer? {
        unsafe Self.withParameters(parameters) { keywords, values in unsafe PQconnectdbParams(keywords, values, 1) }
    }

    /// Whether a server says anything there, be it that it has no connection left.
    func isAnswered(host: String, ip: String, port: String) -> Bool {
        let place = [("host", host), ("hostaddr", ip), ("port", port)]
        let answer = unsafe Self.withParameters(parameters + place) { keywords, values in
            unsafe PQpingParams(keywords, values, 1)
        }
        return answer == PQPING_OK || answer == PQPING_REJECT
    }

    private static func withParameters<Result>(
        _ parameters: [(String, String)],
        _ body: (UnsafePointer<UnsafePointer<CChar>?>?, UnsafePointer<UnsafePointer<CChar>?>?) -> Result
    ) -> Result {
        unsafe withCStrings(parameters.map(\.0) + [nil]) { keywords in
            unsafe withCStrings(parameters.map(\.1) + [nil]) { values in unsafe body(keywords, values) }
        }
    }

    private var parameters: [(String, String)] {
        // What the user says comes later in the list and counts.
        var parameters = [
            ("connect_timeout", "10"), ("tcp_user_timeout", "10000"), ("keepalives_idle", "5"),
            ("keepalives_interval", "2"), ("keepalives_count", "3"), ("fallback_application_name", "pinglink"),
            ("dbname", uri), ("client_encoding", "UTF8"),
        ]
        if needsTLS { parameters.append(("sslmode", "require")) }
        return parameters
    }

    /// A host that is not this machine is spoken to over TLS where neither the address nor the environment says otherwise.
    private var needsTLS: Bool {
        guard let said = try? Self.options(of: uri), said["sslmode"] == nil, said["service"] == nil else {
            return false
        }
        let defaults = unsafe Self.read(PQconndefaults())
        guard unsafe getenv("PGSSLMODE") == nil, defaults["service"] == nil else { return false }
        func effective(_ option: String) -> [Substring] {
            (said[option] ?? defaults[option] ?? "").split(separator: ",")
        }
        let hosts = effective("hostaddr").isEmpty ? effective("host") : effective("hostaddr")
        return hosts.contains { !Self.isThisMachine($0) }
    }

    private static func isThisMachine(_ host: Substring) -> Bool {
        host.hasPrefix("/") || host.hasPrefix("@") || host == "localhost" || host == "::1" || host.hasPrefix("127.")
    }

    /// The options that the address itself names.
    private static func options(of uri: String) throws(Mistake) -> [String: String] {
        var message: UnsafeMutablePointer<CChar>?
        guard let options = unsafe PQconninfoParse(uri, &message) else {
            defer { unsafe PQfreemem(message) }
            let reason = unsafe message.map { unsafe String(cString: $0) } ?? "out of memory"
            throw .malformed(reason: withoutQuotations(reason))
        }
        return unsafe read(options)
    }

    private static func read(_ options: UnsafeMutablePointer<PQconninfoOption>?) -> [String: String] {
        defer { unsafe PQconninfoFree(options) }
        var values: [String: String] = [:]
        var next = unsafe options
        while let option = unsafe next?.pointee, let keyword = unsafe option.keyword {
            if let value = unsafe option.val { unsafe values[String(cString: keyword)] = String(cString: value) }
            unsafe next = next?.advanced(by: 1)
        }
        return values
    }

    /// libpq repeats the address, or a part of it, in quotation marks; there may be others in it.
    private static func withoutQuotations(_ reason: String) -> String {
        let text = reason.replacing("\n", with: "")
        guard let first = text.firstIndex(of: "\""), let last = text.lastIndex(of: "\"") else { return text }
        return text[..<first] + "…" + text[text.index(after: last)...]
    }

    /// The address as the user has written it but for passwords; where that is not certain to be what libpq makes of it, one
    /// made of libpq's parts.
    private static func withoutPassword(_ uri: String, _ options: [String: String]) -> String {
        var name = uri
        if let scheme = name.firstRange(of: "://") {
            let authority = name[scheme.upperBound...].prefix { $0 != "/" && $0 != "?" }
            if let at = authority.lastIndex(of: "@"), let colon = authority[..<at].firstIndex(of: ":") {
                name.removeSubrange(colon..<at)
            }
        }
        if let mark = name.firstIndex(of: "?") {
            let kept = name[name.index(after: mark)...].split(separator: "&").filter { parameter in
                !passwords.contains { parameter.hasPrefix("\($0)=") }
            }
            name = String(name[..<mark]) + (kept.isEmpty ? "" : "?" + kept.joined(separator: "&"))
        }
        let shown = options.filter { !passwords.contains($0.key) }
        if (try? Self.options(of: name)) == shown { return name }
        let user = shown["user"].map { encoded($0) + "@" } ?? ""
        let port = shown["port"].map { ":" + encoded($0) } ?? ""
        return "postgresql://\(user)\(encoded(shown["host"] ?? ""))\(port)/\(encoded(shown["dbname"] ?? ""))"
    }

    private static let passwords = ["password", "sslpassword"]

    /// As a part of a URI (RFC 3986).
    private static func encoded(_ text: String) -> String {
        text.utf8.map { byte in
            let character = Character(UnicodeScalar(byte))
            let isPlain = byte < 0x80 && (character.isLetter || character.isNumber || "-._~,".contains(character))
            return isPlain ? String(character) : "%" + String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
        }.joined()
    }
}
