import AttributeMappings
import CSVReading
import Ledger
import LinkImport
import LinkRows
import PingOneAPI

/// How the CSV is read.
struct InputSettings {
    let userIndex: UserIndexChoice
    private let mappingsFile: String?
    private let takesProvidersMappings: Bool
    private let options: ReadingOptions
    /// Whether the encoding was named for this file, rather than for all.
    private let isEncodingFlag: Bool

    init(_ settings: Settings) throws {
        takesProvidersMappings = try settings.value(\.mappings)
        mappingsFile = try settings.value(\.mappingsFile)
        if takesProvidersMappings, mappingsFile != nil {
            throw settings.failure(
                for: \.mappingsFile,
                "the mappings are either these or, with --mappings, the identity provider's. Leave one out."
            )
        }
        options = ReadingOptions(
            encoding: try settings.value(\.encoding),
            delimiter: try settings.value(\.delimiter),
            columns: ColumnPlan.Options(
                update: try settings.value(\.update),
                map: try settings.value(\.map),
                ignoring: try settings.value(\.ignore),
                acceptsProviderAttributes: takesProvidersMappings || mappingsFile != nil
            ),
            identityProvider: try settings.value(\.idp),
            userKey: try settings.value(\.userKey),
            acceptsDamagedIDs: try settings.value(\.acceptDamagedIDs)
        )
        isEncodingFlag = settings.isFlag(\.encoding)
        userIndex = try settings.value(\.userIndex)
        // A flag without names is a mistake; in a file it stands for the runs that have some.
        if settings.isFlag(\.userIndex), options.userKey == nil {
            throw settings.failure(
                for: \.userIndex,
                "says how users are found by name; without --user-key rows have their ids. Leave it out, or add "
                    + "--user-key."
            )
        }
    }

    /// `paths`: those of the input.
    func reading(of paths: InputPaths) -> ReadingOptions {
        var options = options
        // What a run has written is UTF-8, whatever its input was; somebody may have saved it otherwise since.
        if paths.part != .whole, !isEncodingFlag { options.encoding = .utf8 }
        return options
    }

    /// What `--mappings` or `--mappings-file` asks for; nil where none is given, and for `--mappings` where nothing may
    /// be fetched.
    func mappings(
        fetch: (@Sendable (_ identityProvider: String) -> [AttributeMapping]?)?,
        warn: @escaping @Sendable (String) -> Void
    ) throws -> MappingBook? {
        if let mappingsFile {
            let file = try MappingsFile(path: mappingsFile)
            return MappingBook(.file(name: file.name, file.lines.map(\.mapping)), warn: warn)
        }
        guard takesProvidersMappings, let fetch else { return nil }
        return MappingBook(.identityProviders(fetch: fetch), warn: warn)
    }
}
