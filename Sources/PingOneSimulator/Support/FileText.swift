import Glibc

/// The bytes of a file as UTF-8, whatever encoding it is in: a byte order mark says it, else whoever gave the file.
enum FileText {
    /// Why a text cannot be read.
    enum Mistake: Error, Equatable {
        case unknownEncoding(String)
        case doesNotFit(String)
    }

    /// - Parameters:
    ///   - bytes: those of the whole file.
    ///   - encoding: one that iconv knows; nil for UTF-8.
    /// - Returns: the text without a byte order mark.
    /// - Throws: what is wrong with the encoding.
    static func utf8(_ bytes: [UInt8], encoding: String?) throws(Mistake) -> [UInt8] {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { return Array(bytes.dropFirst(3)) }
        if bytes.starts(with: [0xFF, 0xFE]) { return try converted(Array(bytes.dropFirst(2)), from: "UTF-16LE") }
        if bytes.starts(with: [0xFE, 0xFF]) { return try converted(Array(bytes.dropFirst(2)), from: "UTF-16BE") }
        guard let encoding else { return bytes }
        return try converted(bytes, from: encoding)
    }

    private static func converted(_ bytes: [UInt8], from encoding: String) throws(Mistake) -> [UInt8] {
        guard let converter = unsafe iconv_open("UTF-8", encoding), Int(bitPattern: converter) != -1 else {
            throw .unknownEncoding(encoding)
        }
        defer { unsafe iconv_close(converter) }
        var input = bytes.map { CChar(bitPattern: $0) }
        // No encoding has more than four bytes of UTF-8 for one of its own.
        var output = [CChar](repeating: 0, count: 4 * bytes.count + 16)
        var (left, room) = (input.count, output.count)
        let status = unsafe input.withUnsafeMutableBufferPointer { input in
            unsafe output.withUnsafeMutableBufferPointer { output in
                var (from, to) = (input.baseAddress, output.baseAddress)
                return unsafe iconv(converter, &from, &left, &to, &room)
            }
        }
        guard status != .max, left == 0 else { throw .doesNotFit(encoding) }
        return output.dropLast(room).map { UInt8(bitPattern: $0) }
    }
}
