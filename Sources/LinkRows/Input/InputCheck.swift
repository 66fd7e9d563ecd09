/// A whole reading of the input without sending anything: every row that an import would not send, and why.
package struct InputCheck: Sendable {
    package private(set) var rows = 0
    package private(set) var fit = 0
    package private(set) var invalid = 0
    /// How many requests an import makes for the fit rows when all goes well; fewer, where several rows name one user.
    package private(set) var requests = 0
    /// Exact repetitions of earlier rows.
    package private(set) var repetitions = 0
    package private(set) var warnings: [InputWarning] = []

    /// Reads a file once, and once more if there is something to report; a stream once: of a stream, only the later of two
    /// rows that contradict each other is found.
    ///
    /// `progress`: told now and then how far the reading is; `report`: called with each issue, in the order of the input.
    /// - Throws: `BrokenInput`, `InputError`, `NoIdentityProvider`.
    package init(
        _ input: InputFile,
        options: ReadingOptions,
        progress: (ReadingProgress) -> Void = { _ in },
        report: (RowIssue) -> Void
    ) throws {
        let scan = input.isRereadable ? try InputScan(input, options: options, progress: progress) : nil
        try self.init(input, scan: scan, options: options, progress: progress, report: report)
    }

    /// `scan`: the first reading, where there was one.
    package init(
        _ input: InputFile,
        scan: InputScan?,
        options: ReadingOptions,
        progress: (ReadingProgress) -> Void = { _ in },
        report: (RowIssue) -> Void
    ) throws {
        defer { requests = options.userKey == nil ? fit : 2 * fit }
        warnings = scan?.warnings ?? []
        if let scan, scan.isClean, options.mappings == nil {
            (rows, fit) = (scan.rows, scan.rows)
            return
        }
        var stream = try RowStream(
            input,
            options: options,
            claims: scan?.claims ?? ClaimCheck(),
            comparison: scan == nil ? .withEarlier : .withAll,
            expecting: scan?.fingerprint
        )
        stream.binder.prepareMappings(of: scan?.identityProviders ?? [])
        while let reading = try stream.next() {
            rows += 1
            if ReadingProgress.isDue(afterRow: rows) { progress(ReadingProgress(rows: rows, total: scan?.rows)) }
            switch reading {
            case .fit: fit += 1
            case .repetition: repetitions += 1
            case .unfit(let issue, _, _):
                invalid += 1
                report(issue)
            }
        }
        warnings = stream.allWarnings(after: scan, of: input, rows: rows)
    }
}
