import FoundationEssentials
import Yams

/// A configuration file: YAML, flag names as keys, `profiles: { NAME: { … } }` for blocks of them.
struct ConfigurationFile: Sendable {
    struct Entry: Sendable {
        var values: [String]
        var line: Int
    }

    let path: String
    private let common: [SettingKey: Entry]
    private let profile: [SettingKey: Entry]

    /// `profile`: the block to use, nil for none.
    /// - Throws: a `CommandFailure` that names the line.
    init(path: String, profile name: String?) throws {
        self.path = path
        guard let data = try? Data(contentsOf: URL(filePath: path)) else {
            throw CommandFailure.configuration("\(path): the configuration file cannot be read. Check --config.")
        }
        guard let text = String(validating: data, as: UTF8.self) else {
            throw CommandFailure.configuration("\(path): the configuration file is not UTF-8.")
        }
        let root: Node?
        do {
            root = try Yams.compose(yaml: text)
        } catch let error as YamlError {
            throw CommandFailure.configuration("\(path): not valid YAML\(Self.place(of: error)). Correct it.")
        }
        var blocks: [String: [SettingKey: Entry]] = [:]
        common = try Self.entries(of: root, in: path, isTop: true) { key, node in
            guard key == "profiles" else { return false }
            guard let mapping = node.mapping else { throw Self.failure(path, node, "profiles: holds blocks by name") }
            for (name, block) in mapping {
                guard let name = name.string else { continue }
                blocks[name] = try Self.entries(of: block, in: path, isTop: false) { _, _ in false }
            }
            return true
        }
        guard let name else {
            profile = [:]
            return
        }
        guard let block = blocks[name] else {
            throw CommandFailure.configuration("\(path): there is no profile \"\(name)\". Check --profile.")
        }
        profile = block
    }

    subscript(key: SettingKey) -> Entry? { profile[key] ?? common[key] }

    /// The file to use: the one that is named, else the first that exists.
    static func find(named path: String?, environment: [String: String]) -> String? {
        if let path { return path }
        let home = environment["HOME"].map { "\($0)/.config" }
        let base = environment["XDG_CONFIG_HOME"].flatMap { $0.isEmpty ? nil : $0 } ?? home
        let candidates = ["pinglink.yaml"] + (base.map { ["\($0)/pinglink/config.yaml"] } ?? [])
        return candidates.first { FileManager.default.fileExists(atPath: $0) }
    }

    private static func entries(
        of node: Node?,
        in path: String,
        isTop: Bool,
        other: (String, Node) throws -> Bool
    ) throws -> [SettingKey: Entry] {
        guard let node, node.null == nil else { return [:] }
        guard let mapping = node.mapping else { throw failure(path, node, "expected a list of key: value") }
        var entries: [SettingKey: Entry] = [:]
        for (keyNode, value) in mapping {
            let name = keyNode.string ?? ""
            if try other(name, value) { continue }
            guard let key = SettingKey(rawValue: name) else {
                let nearest = EditDistance.nearest(to: name, among: SettingKey.allCases.map(\.rawValue))
                throw failure(path, keyNode, "unknown key \"\(name)\"\(nearest.map { "; did you mean \($0)?" } ?? "")")
            }
            let values: [String]
            if let scalar = value.scalar {
                values = [scalar.string]
            } else if let sequence = value.sequence, key.isRepeatable, sequence.allSatisfy({ $0.scalar != nil }) {
                values = sequence.compactMap { $0.scalar?.string }
            } else {
                throw failure(
                    path,
                    value,
                    "\(name): takes \(key.isRepeatable ? "a text or a list of texts" : "one value")"
                )
            }
            entries[key] = Entry(values: values, line: keyNode.mark?.line ?? 0)
        }
        return entries
    }

    private static func failure(_ path: String, _ node: Node, _ what: String) -> CommandFailure {
        .configuration("\(path): line \(node.mark?.line ?? 1): \(what).")
    }

    private static func place(of error: YamlError) -> String {
        switch error {
        case .scanner(_, _, let mark, _), .parser(_, _, let mark, _), .composer(_, _, let mark, _):
            " (line \(mark.line), column \(mark.column))"
        default: ""
        }
    }
}

/// How far a mistyped word is from those that are known.
enum EditDistance {
    /// The word that is nearest, if it is near enough to be meant.
    static func nearest(to word: String, among words: [String]) -> String? {
        let ranked = words.map { ($0, distance(word, $0)) }.min { $0.1 < $1.1 }
        return ranked.flatMap { $0.1 <= max(2, word.count / 3) ? $0.0 : nil }
    }

    /// Insertions, deletions and replacements (Levenshtein).
    static func distance(_ first: String, _ second: String) -> Int {
        let second = Array(second)
        var row = Array(0...second.count)
        for (index, character) in first.enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for place in second.indices {
                let cost = diagonal + (second[place] == character ? 0 : 1)
                diagonal = row[place + 1]
                row[place + 1] = min(cost, row[place] + 1, diagonal + 1)
            }
        }
        return row[second.count]
    }
}
