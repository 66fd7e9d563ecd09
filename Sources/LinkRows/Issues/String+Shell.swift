extension String {
    /// As a word of the shell.
    var shellQuoted: String { "'" + replacing("'", with: #"'\''"#) + "'" }

    /// The same, where a bare word is read as it is.
    var shellWord: String {
        !isEmpty
            && utf8.allSatisfy {
                ($0 >= 0x2B && $0 <= 0x3A && $0 != 0x2C) || ($0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A) || $0 == 0x5F
            }
            && !hasPrefix("-") ? self : shellQuoted
    }
}
