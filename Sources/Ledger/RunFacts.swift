/// Which rows of an input a run reads.
package enum InputPart: CaseIterable, Sendable {
    case whole
    /// The file with its rows whose data must change: whatever is wrong with the input stands in it.
    case rejects
    /// The file with its rows to try again: what it does not have stays as it is.
    case retry

    /// The number in a store; as fixed as ``LinkState/code``.
    package var code: Int {
        switch self {
        case .whole: 0
        case .rejects: 1
        case .retry: 2
        }
    }
}

/// Where the rows of a run are to be linked.
package struct RunPlace: Sendable, Equatable {
    /// The environment's id.
    package var environment: String
    /// The API's, with the port where one was named.
    package var host: String

    package init(environment: String, host: String) {
        self.environment = environment
        self.host = host
    }
}

/// What a run came to with the rows of its input, as far as the ledger's links do not tell it.
package struct InputCounts: Sendable, Equatable {
    /// Rows that are linked now, by whichever run.
    package var linked: Int
    /// Rows that say the same as another one.
    package var repeated: Int
    /// Rows that were not sent yet.
    package var unsent: Int

    package init(linked: Int, repeated: Int, unsent: Int) {
        self.linked = linked
        self.repeated = repeated
        self.unsent = unsent
    }
}

/// Something suspicious about a run's input, in a form for the ledger.
package struct RunWarning: Sendable, Equatable {
    /// One word, the same for all time.
    package var kind: String
    package var count: Int
    package var firstLine: Int?
    /// Names from the header.
    package var names: [String]

    package init(kind: String, count: Int, firstLine: Int?, names: [String] = []) {
        self.kind = kind
        self.count = count
        self.firstLine = firstLine
        self.names = names
    }
}

/// A run after which every row of its input was done.
package struct FinishedRun: Sendable, Equatable {
    package var runID: String
    /// Rows of the input.
    package var rows: Int
    /// Of the input's bytes, as 64 hexadecimal digits.
    package var sourceSHA256: String

    package init(
        runID: String,
        rows: Int,
        sourceSHA256: String
    ) {
        self.runID = runID
        self.rows = rows
        self.sourceSHA256 = sourceSHA256
    }
}

/// How a run begins.
package struct RunStart: Sendable, Equatable {
    package var kind: RunKind
    /// Unique among all runs.
    package var id: String
    /// The input as the user named it, for the views.
    package var source: String
    /// The input's name in a form that is the same in each run, such as its absolute path.
    package var inputName: String
    /// Which rows of that input this is.
    package var part: InputPart
    /// Where its rows are to be linked.
    package var place: RunPlace?
    /// How many rows the input has, where a first reading has counted them.
    package var rows: Int?
    /// The digest of the input in hexadecimal, where a first reading has made it: in a ledger that several machines share,
    /// the same bytes are one input, whatever the file is called on each.
    package var sha256: String?

    package init(
        _ kind: RunKind = .linking,
        id: String,
        source: String,
        inputName: String,
        part: InputPart = .whole,
        place: RunPlace? = nil,
        rows: Int? = nil,
        sha256: String? = nil
    ) {
        self.kind = kind
        self.id = id
        self.source = source
        self.inputName = inputName
        self.part = part
        self.place = place
        self.rows = rows
        self.sha256 = sha256
    }
}

/// How a run ended.
package struct RunEnd: Sendable, Equatable {
    /// The rows of the input, as far as they are known.
    package var rows: Int?
    /// The digest of the input in hexadecimal, if it was read to its end.
    package var sha256: String?
    /// What the process is about to end with.
    package var exitCode: Int
    /// What stopped the run before the end of its input, nil if nothing did.
    package var stoppedBy: String?
    /// What became of the input's rows, for a run that has read all of them.
    package var counts: InputCounts?
    /// What was suspicious about its input.
    package var warnings: [RunWarning]
    /// Of how the input was read, if another run that reads the same bytes so finds every row done.
    package var fingerprint: UInt64?

    package init(
        rows: Int?,
        sha256: String?,
        exitCode: Int,
        stoppedBy: String?,
        counts: InputCounts? = nil,
        warnings: [RunWarning] = [],
        fingerprint: UInt64? = nil
    ) {
        self.rows = rows
        self.sha256 = sha256
        self.exitCode = exitCode
        self.stoppedBy = stoppedBy
        self.counts = counts
        self.warnings = warnings
        self.fingerprint = fingerprint
    }
}
