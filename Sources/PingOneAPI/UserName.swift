/// What a row has instead of the user's id. Equal are names with the same bytes: how PingOne compares them is not known
/// here for certain.
package struct UserName: Sendable {
    package var key: UserKey
    /// As the file has it.
    package var text: String

    package init(_ key: UserKey, _ text: String) {
        self.key = key
        self.text = text
    }
}

extension UserName: Hashable {
    package static func == (left: UserName, right: UserName) -> Bool {
        left.key == right.key && left.text.isSame(as: right.text)
    }

    package func hash(into hasher: inout Hasher) {
        for byte in text.utf8 { hasher.combine(byte) }
    }
}
