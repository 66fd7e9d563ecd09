import Glibc

/// Text for people and shells, written at once: nothing is left in a buffer when the reader waits for it.
enum StandardStream: Int32 {
    case output = 1
    case error = 2

    /// Writes all of the text; gives up silently when nobody reads any more.
    func write(_ text: String) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe Self.writeBytes(rawValue, $0) }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }

    private static func writeBytes(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
        unsafe Glibc.write(descriptor, bytes.baseAddress, bytes.count)
    }
}
