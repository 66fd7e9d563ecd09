import Glibc
import Ledger
import RawPaths

/// Keeps a command from writing over a file that it reads, or that it writes under another name.
enum DistinctFiles {
    struct Named {
        /// How the user knows it: `FILE`, `--rejects`.
        var name: String
        var path: String
        /// Whether it is replaced by a new file or removed, which only a plain file may be: `/dev/null` must not.
        var isReplaced: Bool
        /// Whether the command writes it anew, in whatever way.
        var isOutput: Bool
        /// Whether it is what an import leaves of its rows: it may take the place of an earlier one that was an input.
        var isResultFile: Bool

        /// `isOutput`: nil for what is so when it is replaced.
        init(name: String, path: String, isReplaced: Bool, isOutput: Bool? = nil, isResultFile: Bool = false) {
            self.name = name
            self.path = path
            self.isReplaced = isReplaced
            self.isOutput = isOutput ?? isReplaced
            self.isResultFile = isResultFile
        }
    }

    /// Compares by device and inode, so that links and other spellings of a path are seen through.
    ///
    /// `protected`: what those that are replaced must not be either, nor any other ledger.
    /// - Throws: a usage failure that names both.
    static func check(_ files: [Named], protecting protected: ProtectedFiles? = nil) throws {
        var seen: [(file: Named, identity: String)] = []
        let outputExists = files.contains { unsafe $0.isOutput && access($0.path.pathBytes, F_OK) == 0 }
        let others = (protected?.files(outputExists: outputExists) ?? []).map { other in
            (name: other.name, identity: identity(of: other.path, status(of: other.path)), isInput: other.isInput)
        }
        for file in files {
            let found = status(of: file.path)
            let exists = found != nil
            if file.isReplaced, let found, found.st_mode & S_IFMT != S_IFREG {
                throw CommandFailure.usage(
                    "\(file.name): \(file.path) is no plain file, so it cannot be replaced. Name another path."
                )
            }
            let identity = identity(of: file.path, found)
            var other = seen.first { $0.identity == identity }?.file.name
            if other == nil, file.isOutput {
                other = others.first { $0.identity == identity && !($0.isInput && mayReplaceInput(file, exists)) }?.name
            }
            if let other {
                throw CommandFailure.usage(
                    "\(file.name): \(file.path) is the file of \(other) too; one would overwrite the other. "
                        + "Name another path."
                )
            }
            if file.isOutput, exists, ProtectedFiles.isLedger(file.path + ".ledger") {
                throw CommandFailure.usage(
                    "\(file.name): \(file.path) is an input: \(file.path).ledger stands beside it. Name another path."
                )
            }
            if file.isOutput, exists, ProtectedFiles.isLedger(file.path) {
                throw CommandFailure.usage("\(file.name): \(file.path) is a ledger. Name another path.")
            }
            seen.append((file, identity))
        }
    }

    /// The same for `--output` of a command that only reads a ledger.
    static func check(output path: String, isReplaced: Bool, ofLedger ledger: any LedgerLocation) throws {
        try check(
            [
                .init(name: "LEDGER", path: ledger.name, isReplaced: false),
                .init(name: "--output", path: path, isReplaced: isReplaced, isOutput: true),
            ],
            protecting: ProtectedFiles(ledger: ledger)
        )
    }

    /// One that is gone was taken away by a run that had nothing to leave in it.
    private static func mayReplaceInput(_ file: Named, _ exists: Bool) -> Bool {
        file.isResultFile && (!exists || ProtectedFiles.isResultFile(file.path))
    }

    /// Nil where there is nothing.
    private static func status(of path: String) -> stat? {
        var status = stat()
        return unsafe stat(path.pathBytes, &status) == 0 ? status : nil
    }

    private static func identity(of path: String, _ status: stat?) -> String {
        status.map { "\($0.st_dev)/\($0.st_ino)" } ?? absolute(path)
    }

    /// The path with its folder's true name; the file itself need not exist.
    private static func absolute(_ path: String) -> String {
        let cut = path.lastIndex(of: "/")
        let folder = cut.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let name = cut.map { path[path.index(after: $0)...] } ?? path[...]
        guard let resolved = unsafe realpath(folder.pathBytes, nil) else { return path }
        defer { unsafe free(resolved) }
        return unsafe "\(RawPath.text(cString: resolved))/\(name)"
    }
}
