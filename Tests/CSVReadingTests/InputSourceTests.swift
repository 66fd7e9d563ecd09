import CSVReading
import CSVTestKit
import Foundation
import SeededRandom
import TestKit
import Testing

@Suite("The bytes of an input: a file, a pipe, gzip")
struct InputSourceTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private static let text = "userID,externalId\n" + (1...40).map { "\($0),é\($0 * 7919)\n" }.joined()
    private static let plain = Array(text.utf8)
    private static let damaged = "the gzip data is damaged or cut off. Check it with gzip -t and copy it again."

    @Test("a file reads as its bytes do")
    func file() throws {
        let path = try folder.write("users.csv", bytes: Self.plain)
        #expect(Reading(of: try InputSource(path: path)) == Reading(of: Self.plain))
    }

    @Test("a descriptor stays open")
    func descriptor() throws {
        let path = try folder.write("users.csv", bytes: Self.plain)
        let file = try #require(FileHandle(forReadingAtPath: path))
        #expect(Reading(of: InputSource(descriptor: file.fileDescriptor, name: "x")) == Reading(of: Self.plain))
        #expect(try file.offset() == UInt64(Self.plain.count))
    }

    @Test("the digest alone is that of a whole reading, of gzip too", arguments: [0, 1, 4096, 65_536, 200_000])
    func digest(count: Int) throws {
        let bytes = Array(repeatElement(Self.plain, count: 400).joined().prefix(count))
        for stored in [bytes, try folder.gzip(bytes)] {
            let path = try folder.write("users.csv", bytes: stored)
            var told: [Int] = []
            let digest = try InputSource(path: path).readDigest { told.append($0) }
            #expect(try SystemProgram.run(["sha256sum", path]).starts(with: digest.utf8))
            #expect(told.last ?? 0 == stored.count)
            #expect(told == told.sorted())
        }
    }

    @Test("what cannot be opened says why")
    func cannotOpen() throws {
        let missing = folder.path("none.csv")
        #expect(throws: InputError.cannotRead(name: missing, reason: "No such file or directory")) {
            _ = try InputSource(path: missing)
        }
        #expect(throws: InputError.cannotRead(name: folder.path, reason: "Is a directory")) {
            _ = try InputSource(path: folder.path)
        }
    }

    @Test("what cannot be read says why")
    func cannotRead() throws {
        let file = try FileHandle(forUpdating: URL(filePath: folder.write("locked.csv", bytes: [])))
        let writeOnly = try #require(FileHandle(forWritingAtPath: folder.write("write-only.csv", bytes: [])))
        try file.close()
        let reading = Reading(of: InputSource(descriptor: writeOnly.fileDescriptor, name: "write-only.csv"))
        #expect(
            throws: InputError.cannotRead(name: "write-only.csv", reason: "Bad file descriptor"),
            performing: {
                _ = try InputSource(descriptor: writeOnly.fileDescriptor, name: "write-only.csv").readDigest { _ in }
            }
        )
        #expect(
            reading.error == "write-only.csv: cannot be read: Bad file descriptor. Check the path and its permissions."
        )
    }

    @Test("a pipe is read as it fills, gzip or not", arguments: [false, true])
    func pipe(isGzip: Bool) throws {
        let pipe = Pipe()
        let bytes = isGzip ? try folder.gzip(Self.plain) : Self.plain
        // Both fit into the pipe's buffer, so one thread can do it all.
        try pipe.fileHandleForWriting.write(contentsOf: Data(bytes))
        try pipe.fileHandleForWriting.close()
        let source = InputSource(descriptor: pipe.fileHandleForReading.fileDescriptor, name: "standard input")
        #expect(Reading(of: source) == Reading(of: Self.plain))
    }

    @Test("a descriptor that somebody else made non-blocking is waited for")
    func nonBlocking() throws {
        let pipe = Pipe()
        let writing = pipe.fileHandleForWriting
        let reading = pipe.fileHandleForReading
        #expect(fcntl(reading.fileDescriptor, F_SETFL, O_NONBLOCK) == 0)
        try writing.write(contentsOf: Data("a\n".utf8))
        var reader = CSVReader(InputSource(descriptor: reading.fileDescriptor, name: "standard input"))
        var record = CSVRecord()
        #expect(try reader.next(into: &record))
        Thread.detachNewThread {
            writing.write(Data("b\n".utf8))
            writing.closeFile()
        }
        #expect(try reader.next(into: &record))
        #expect(record.texts == ["b"])
        #expect(try !reader.next(into: &record))
    }

    @Test("gzip reads as the plain file does, in blocks of any size", arguments: [1, 2, 3, 7, 64, 1 << 16])
    func gzip(blockSize: Int) throws {
        let bytes = try folder.gzip(Self.plain)
        #expect(Reading(of: bytes, blockSize: blockSize) == Reading(of: Self.plain))
    }

    @Test("several members are one file, and zeros behind the last are no harm", arguments: [1, 2, 5, 1 << 16])
    func members(blockSize: Int) throws {
        let cut = Self.plain.count / 2
        let members =
            try folder.gzip(Array(Self.plain[..<cut])) + folder.gzip([]) + folder.gzip(Array(Self.plain[cut...]))
        #expect(Reading(of: members, blockSize: blockSize) == Reading(of: Self.plain))
        let padded = members + [UInt8](repeating: 0, count: 1000)
        #expect(Reading(of: padded, blockSize: blockSize) == Reading(of: Self.plain))
    }

    @Test(
        "anything but zeros behind the last member is damage",
        arguments: [[1], [0x1f], [0x1f, 0x8c], [0, 0, 0x1f, 0x8b]]
    )
    func garbage(tail: [UInt8]) throws {
        let member = try folder.gzip(Self.plain)
        for blockSize in [1, 1 << 16] {
            let reading = Reading(of: member + tail, blockSize: blockSize)
            #expect(reading.rows == Reading(of: Self.plain).rows)
            #expect(reading.error == "users.csv: after line 41: \(Self.damaged)")
        }
    }

    @Test("gzip that is cut off anywhere gives the rows before the cut, and says where")
    func truncated() throws {
        let whole = try folder.gzip(Self.plain)
        let rows = Reading(of: Self.plain).rows
        for count in 2..<whole.count {
            let reading = Reading(of: Array(whole[..<count]))
            #expect(reading.rows == Array(rows.prefix(reading.rows.count)), "cut at \(count)")
            #expect(reading.error == "users.csv: after line \(reading.rows.count): \(Self.damaged)", "cut at \(count)")
            #expect(Reading(of: Array(whole[..<count]), blockSize: 1) == reading, "cut at \(count)")
        }
    }

    @Test("a flipped bit in compressed data never changes a row in silence")
    func flipped() throws {
        let whole = try folder.gzip(Self.plain)
        let expected = Reading(of: Self.plain)
        let headerSize = 10
        for offset in headerSize..<whole.count {
            for bit in 0..<8 {
                var bytes = whole
                bytes[offset] ^= 1 << bit
                let reading = Reading(of: bytes)
                // A few bits only fill up the last byte of the data and mean nothing.
                #expect(reading.error != nil || reading == expected, "bit \(bit) at \(offset)")
                #expect(Reading(of: bytes, blockSize: 3) == reading, "bit \(bit) at \(offset)")
            }
        }
    }

    @Test("highly compressed data takes no more memory, and where it is cut does not matter")
    func bomb() throws {
        let row = Array((String(repeating: "x", count: 999) + "\n").utf8)
        let bytes = try folder.gzip(Array(repeatElement(row, count: 2000).joined()))
        let cut = Array(bytes.dropLast(12))
        let reading = Reading(of: cut)
        #expect(reading.rows.count > 1900)
        for blockSize in [1, 100, 1000] { #expect(Reading(of: cut, blockSize: blockSize) == reading) }
    }

    @Test("SHA-256 is that of the stored bytes", arguments: [false, true])
    func digest(isGzip: Bool) throws {
        let bytes = isGzip ? try folder.gzip(Self.plain) + [0, 0] : Self.plain
        let path = try folder.write("users.csv", bytes: bytes)
        var reader = CSVReader(try InputSource(path: path))
        var record = CSVRecord()
        while try reader.next(into: &record) {}
        let expected = String(decoding: try SystemProgram.run(["sha256sum", path]).prefix(64), as: UTF8.self)
        #expect(reader.sha256 == expected)
    }

    @Test("one byte is too few to be gzip")
    func oneByte() {
        #expect(Reading(of: [0x1f]).rows == [Reading.Row(line: 1, fields: ["\u{1f}"])])
    }
}
