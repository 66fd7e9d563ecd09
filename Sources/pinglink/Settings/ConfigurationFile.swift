import LinkRows
import Machine
import Yams

/// A configuration file: YAML, flag names as keys, `profiles: { NAME: { … } }` for blocks of them.
///
/// Every value is text, exactly as it is written: `05:30`, `0123` and `yes` are no numbers, times or booleans here, they
/// become what the setting makes of them.
struct ConfigurationFile: Sendable {
    /// What stands at the top and holds for all profiles.
    let common: [SettingKey: Settings.Entry]
    /// What stands in the profile; empty without one.
    let profile: [SettingKey: Settings.Entry]

    /// `profile`: the block to use, nil for none.
    /// - Throws: a `CommandFailure` that names the line, never a value: it could be a secret in the wrong place.
    init(path: String, profile name: String?) throws {
        let reader = ConfigurationReader(path: path)
        var blocks: [String: [SettingKey: Settings.Entry]] = [:]
        common = try reader.entries(of: try reader.root()) { key, node in
            guard key == "profiles" else { return false }
            for (name, block) in try reader.mapping(node, "profiles: holds blocks by name: profiles: { NAME: { … } }") {
                let name = try reader.text(ofKey: name)
                blocks[name] = try reader.entries(of: block, profile: name)
            }
            return true
        }
        guard let name else {
            profile = [:]
            return
        }
        guard let block = blocks[name] else {
            let nearest = EditDistance.nearest(to: name, among: Array(blocks.keys))
            let known = blocks.isEmpty ? "It has none." : "It has \(blocks.keys.sorted().joined(separator: ", "))."
            throw CommandFailure.configuration(
                "\(path): there is no profile \"\(name)\"\(nearest.map { "; did you mean \($0)?" } ?? ".") \(known) "
                    + "Check --profile."
            )
        }
        profile = block
    }

    /// Where a file is looked for when none is named; the first that exists is taken.
    static func places(_ environment: [String: String]) -> [String] {
        let home = environment["HOME"].map { "\($0)/.config" }
        // A relative path there is to be ignored (XDG Base Directory Specification).
        let base = environment["XDG_CONFIG_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil } ?? home
        return ["pinglink.yaml"] + (base.map { ["\($0)/pinglink/config.yaml"] } ?? [])
    }
}

/// Turns YAML into entries, and what is wrong with it into messages with the line.
private struct ConfigurationReader {
    let path: String

    /// Nil for a file without content.
    func root() throws -> Node? {
        guard let bytes = WholeFile.bytes(at: path) else {
            throw CommandFailure.configuration(
                "\(path): the configuration file cannot be read. Check the path and its permissions, or name another with "
                    + "--config."
            )
        }
        guard var text = String(validating: bytes, as: UTF8.self) else {
            throw CommandFailure.configuration("\(path): the configuration file is not UTF-8. Save it as UTF-8.")
        }
        // A byte order mark, as Windows' editors write it, is none of the text.
        if text.hasPrefix("\u{FEFF}") { text.removeFirst() }
        do {
            return try Yams.compose(yaml: text)
        } catch let error as YamlError {
            throw failure(error, in: text)
        }
    }

    /// `other` says whether it has taken a key that is no setting.
    func entries(
        of node: Node?,
        profile: String? = nil,
        other: (_ key: String, _ value: Node) throws -> Bool = { _, _ in false }
    ) throws -> [SettingKey: Settings.Entry] {
        var entries: [SettingKey: Settings.Entry] = [:]
        for (keyNode, value) in try mapping(node, "expected a list of key: value") {
            let name = try text(ofKey: keyNode)
            if try other(name, value) { continue }
            let key = try setting(name, at: keyNode)
            entries[key] = .init(
                values: try values(of: key, value),
                origin: .file(path: path, line: line(of: keyNode), profile: profile, key)
            )
        }
        return entries
    }

    /// `expected`: the message for anything else; nothing at all is an empty mapping.
    func mapping(_ node: Node?, _ expected: String) throws -> Node.Mapping {
        guard let node, !isNothing(node) else { return [:] }
        guard let mapping = node.mapping else { throw failure(node, expected + ".") }
        return mapping
    }

    func text(ofKey node: Node) throws -> String {
        guard let scalar = node.scalar else { throw failure(node, "a key is one word.") }
        return scalar.string
    }

    private func setting(_ name: String, at node: Node) throws -> SettingKey {
        switch SettingTable.key(named: name) {
        case let key? where key.isSecret:
            throw failure(
                node,
                "\(name): secrets do not stand here, where backups and colleagues read them. Put it into a file that "
                    + "only you can read and name that with \(name)-file:, or give it in \(key.variables.first ?? "")."
            )
        case let key?: return key
        case nil where SettingTable.flagsOnly.contains(name):
            throw failure(node, "\(name): is for one run only. Give --\(name) on the command line.")
        case nil where name == "profiles":
            throw failure(node, "profiles: a profile holds no profiles. Move it to the top of the file.")
        case nil:
            let known = SettingTable.keys.filter { !$0.isSecret }
            let nearest =
                known.first { $0.variables.contains(name) }?.name
                ?? EditDistance.nearest(to: name.lowercased(), among: known.map(\.name) + ["profiles"])
            let advice =
                nearest.map { "; did you mean \($0)?" } ?? ". Keys are the flags' names: pinglink import --help."
            throw failure(node, "unknown key \"\(name)\"\(advice)")
        }
    }

    private func values(of key: SettingKey, _ node: Node) throws -> [String] {
        if isNothing(node) {
            throw failure(node, "\(key.name): has no value. Give it one, or \"\" for an empty text.")
        }
        if let scalar = node.scalar { return [scalar.string] }
        if key.isRepeatable, let sequence = node.sequence {
            let values = sequence.compactMap { $0.scalar?.string }
            if values.count == sequence.count { return values }
        }
        throw failure(node, "\(key.name): takes \(key.isRepeatable ? "a text or a list of texts" : "one value").")
    }

    /// Whether there is a key with nothing behind it. `null` and `~` are texts like others.
    private func isNothing(_ node: Node) -> Bool {
        node.scalar.map { $0.string.isEmpty && $0.style == .plain } ?? false
    }

    private func line(of node: Node) -> Int { node.mark?.line ?? 1 }

    private func failure(_ node: Node, _ what: String) -> CommandFailure {
        .configuration("\(path): line \(line(of: node)): \(what)")
    }

    private func failure(_ error: YamlError, in text: String) -> CommandFailure {
        switch error {
        case .duplicatedKeysInMapping(let names, let context):
            return .configuration(
                "\(path): line \(context.mark.line): \"\(names.first ?? "")\" is given twice. Leave one out."
            )
        case .composer(let context, let problem, let mark, _):
            let what = context.map { $0.text + " " } ?? ""
            return .configuration("\(path): line \(mark.line): not valid YAML: \(what)\(problem). Correct it.")
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _):
            let line = text.split(separator: "\n", omittingEmptySubsequences: false).dropFirst(mark.line - 1).first
            let hasTab = line?.prefix { $0 == " " || $0 == "\t" }.contains("\t") == true
            let advice = hasTab ? "Indent with spaces, not with tabs." : "Correct it."
            return .configuration(
                "\(path): line \(mark.line), column \(mark.column): not valid YAML: \(problem). \(advice)"
            )
        case .reader(let problem, let offset, _, _):
            let line = 1 + text.prefix(offset ?? 0).count { $0.isNewline }
            return .configuration("\(path): line \(line): not valid YAML: \(problem). Correct it.")
        default: return .configuration("\(path): not valid YAML. Correct it.")
        }
    }
}
