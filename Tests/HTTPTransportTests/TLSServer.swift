import Foundation
import TestKit

/// `openssl s_server` with a certificate made for the occasion, in a folder of its own.
///
/// It answers every GET with a page about the connection. Make one at a time: a child process inherits the pipes of its
/// elder siblings, and would keep them open.
final class TLSServer {
    enum Certificate {
        /// For `localhost` and 127.0.0.1, valid today.
        case good
        /// For another host's name.
        case otherName
        /// Valid in the year 2020.
        case expired
    }

    struct Failure: Error {
        let text: String
    }

    let port: Int
    private let process = Process()
    private let folder: TemporaryFolder
    private let input = Pipe()

    /// The server's own certificate, which is its root as well.
    var rootFile: String { folder.path("cert.pem") }

    /// Waits until the server listens. The options are further words for `openssl s_server`.
    init(_ certificate: Certificate, options: String = "") throws {
        folder = try TemporaryFolder()
        try folder.write("openssl.cnf", Self.settings(certificate))

        let output = Pipe()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-c", Self.script(certificate, options)]
        process.currentDirectoryURL = folder.url
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        try output.fileHandleForWriting.close()

        var text = ""
        var found: Int?
        while found == nil {
            let part = output.fileHandleForReading.availableData
            guard !part.isEmpty else { throw Failure(text: "openssl s_server does not start: \(text)") }
            text += String(decoding: part, as: UTF8.self)
            found = text.split(separator: "\n").dropLast(text.hasSuffix("\n") ? 0 : 1)
                .first { $0.hasPrefix("ACCEPT ") }?
                .split(separator: ":").last.flatMap { Int($0) }
        }
        port = found ?? 0
    }

    deinit {
        try? input.fileHandleForWriting.close()
    }

    /// The server lives until the script's input ends, which it also does when the tests are killed.
    private static func script(_ certificate: Certificate, _ options: String) -> String {
        // `openssl ca` is the command that can date a certificate back.
        let validity =
            certificate == .expired ? "-startdate 20200101000000Z -enddate 20201231000000Z" : "-days 2"
        return """
            set -e
            exec 2>log.txt
            touch index.txt
            openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out key.pem
            openssl req -new -config openssl.cnf -key key.pem -out request.pem
            openssl ca -batch -selfsign -notext -config openssl.cnf -keyfile key.pem \
                -in request.pem -out cert.pem \(validity)
            openssl s_server -accept 127.0.0.1:0 -cert cert.pem -key key.pem -www \(options) </dev/null &
            exec >log.txt
            read -r nothing || kill -KILL $!  # it was born with signals blocked, on a thread of Dispatch
            """
    }

    private static func settings(_ certificate: Certificate) -> String {
        """
        [req]
        distinguished_name = name
        prompt = no
        [name]
        CN = pinglink test
        [ca]
        default_ca = here
        [here]
        database = index.txt
        rand_serial = yes
        default_md = sha256
        policy = any
        x509_extensions = extensions
        new_certs_dir = .
        [any]
        commonName = supplied
        [extensions]
        basicConstraints = critical, CA:TRUE
        subjectAltName = \(certificate == .otherName ? "DNS:elsewhere.invalid" : "DNS:localhost,IP:127.0.0.1")

        """
    }
}
