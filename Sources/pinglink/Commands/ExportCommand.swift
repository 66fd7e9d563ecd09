import ArgumentParser
import Glibc
import Ledger
import Reporting

struct ExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Writes a ledger's results as CSV or JSON lines.",
        discussion: """
            The columns are those of the ledger's view "results". The text of ids is written as it is: a spreadsheet
            may take an id that begins with = or + for a formula.
            """
    )

    @Argument(help: ArgumentHelp("The ledger, such as users.csv.ledger.", valueName: "LEDGER"))
    var ledger: String

    @Option(help: ArgumentHelp("csv (default) or jsonl.", valueName: "F"))
    var format: ResultExport.Format = .csv

    @Option(
        help: ArgumentHelp(
            "Only rows in this state: \(LinkState.allCases.map(\.rawValue).joined(separator: ", ")). May be repeated.",
            valueName: "S"
        )
    )
    var state: [LinkState] = []

    @Option(name: .shortAndLong, help: ArgumentHelp("Write to this file instead of standard output.", valueName: "F"))
    var output: String?

    func run() throws {
        try ending {
            let reader = try LedgerReader(path: ledger)
            let states = state.isEmpty ? nil : Set(state)
            guard let output else {
                try ResultExport.write(reader, format: format, states: states) { bytes in
                    try Self.write(bytes, to: 1, named: "standard output")
                }
                return 0
            }
            try DistinctFiles.check([
                .init(name: "LEDGER", path: ledger, isReplaced: false),
                .init(name: "--output", path: output, isReplaced: false),
            ])
            let descriptor = open(output, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
            guard descriptor >= 0 else { throw Self.failure(output) }
            try ResultExport.write(reader, format: format, states: states) { bytes in
                try Self.write(bytes, to: descriptor, named: output)
            }
            guard close(descriptor) == 0 else { throw Self.failure(output) }
            return 0
        }
    }

    private static func write(_ bytes: [UInt8], to descriptor: Int32, named name: String) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 {
                if errno == EINTR { continue }
                throw failure(name)
            }
            rest = rest.dropFirst(count)
        }
    }

    private static func failure(_ name: String) -> CommandFailure {
        CommandFailure(message: "\(name): cannot be written: \(String(cString: strerror(errno))).", code: 74)
    }
}

extension ResultExport.Format: ExpressibleByArgument {}
extension LinkState: ExpressibleByArgument {}
