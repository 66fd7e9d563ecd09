import ArgumentParser
import CSVReading
import Glibc
import Ledger
import LinkRows
import RawPaths

extension CommandFailure {
    /// `isWriting`: whether the command writes the ledger, or only reads it.
    init(_ error: any Error, isWriting: Bool) {
        switch error {
        case let failure as CommandFailure: self = failure
        case let error as BrokenInput: self.init(message: error.description, code: 65)
        case let error as ForeignInput: self.init(message: error.description, code: 66)
        case let error as InputError: self.init(message: error.description, code: 66)
        case LedgerError.notALedger(let path, let reason) where !isWriting:
            self.init(message: Self.noLedger(path, reason), code: 65)
        case let error as LedgerError:
            self.init(message: error.description, code: isWriting ? error.writingExitCode : error.readingExitCode)
        case is NoIdentityProvider:
            self = .usage(
                "No identity provider: give --idp UUID, PINGONE_IDENTITY_PROVIDER_ID or idp: in the configuration "
                    + "file, or a column identityProviderId."
            )
        default: self.init(message: String(describing: error), code: 70)
        }
    }

    /// Most likely the input of an import was named instead of its ledger.
    private static func noLedger(_ path: String, _ reason: String) -> String {
        if LedgerArgument.isDatabase(path) {
            return "\(path): this is no ledger: \(reason). Name another schema with --ledger-schema."
        }
        let ledgers = [RunKind.linking, .unlinking].compactMap { InputPaths(input: path, ledger: nil, $0).ledger }
        if let ledger = ledgers.first(where: { unsafe access($0.pathBytes, F_OK) == 0 }) {
            return "\(path): this is no ledger. Did you mean \(ShellWord.text(ledger))?"
        }
        return "\(path): this is no ledger: \(reason). An import of FILE keeps its ledger in FILE.ledger, an unlink in "
            + "FILE.unlink.ledger: name that."
    }
}

extension LedgerError {
    fileprivate var writingExitCode: Int32 {
        switch self {
        case .held: 75
        case .writeFailed: 74
        case .cannotCreate, .cannotRead, .notALedger, .newerSchema, .damaged: 73
        }
    }

    fileprivate var readingExitCode: Int32 {
        switch self {
        case .held: 75
        case .cannotCreate, .cannotRead, .writeFailed: 66
        case .notALedger, .newerSchema, .damaged: 65
        }
    }
}

/// Runs a command's work; says on standard error what went wrong and ends with the exit code that goes with it.
func ending(isWriting: Bool = false, _ work: () throws -> Int32) throws {
    let code: Int32
    do {
        // SQLite's connections wait for ever where there is no thread at all.
        try MachineRoom.checkThreads(2)
        code = try work()
    } catch {
        let failure = CommandFailure(error, isWriting: isWriting)
        Console.shared.fail(failure)
        code = failure.code
    }
    if code != 0 { throw ExitCode(code) }
}
