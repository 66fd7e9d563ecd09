import PingOneAPI
import Testing

@Suite("UUIDs as text")
struct UUIDTextTests {
    @Test("both cases are one id, other digits another")
    func equality() throws {
        let id = try #require(UUIDText("788d4931-6936-43f2-82ff-178f5762298a"))
        #expect(id == UUIDText("788D4931-6936-43F2-82FF-178F5762298A"))
        #expect(id != UUIDText("788d4931-6936-43f2-82ff-178f5762298b"))
        #expect(id.high == 0x788d_4931_6936_43f2)
        #expect(id.low == 0x82ff_178f_5762_298a)
    }

    @Test(
        "is written in lower case",
        arguments: [
            "788d4931-6936-43f2-82ff-178f5762298a", "00000000-0000-0000-0000-000000000001",
            "0a000000-0b00-0c00-000d-00e000000f00", "ffffffff-ffff-ffff-ffff-ffffffffffff",
        ]
    )
    func text(text: String) {
        #expect(UUIDText(text.uppercased())?.text == text)
    }

    @Test(
        "other spellings are none",
        arguments: [
            "", "788d4931693643f282ff178f5762298a", "{788d4931-6936-43f2-82ff-178f5762298a}",
            "urn:uuid:788d4931-6936-43f2-82ff-178f5762298a", "788d4931-6936-43f2-82ff-178f5762298g",
            "788d4931-6936-43f2-82ff-178f5762298", "788d4931-6936-43f2-82ff-178f5762298aa",
            "788d4931_6936-43f2-82ff-178f5762298a", " 88d4931-6936-43f2-82ff-178f5762298a",
            "788d49316-936-43f2-82ff-178f5762298a", "٧88d4931-6936-43f2-82ff-178f576229",
        ]
    )
    func refused(text: String) {
        #expect(UUIDText(text) == nil)
    }

    @Test("every byte in every place is a digit, a hyphen or a reason to refuse", arguments: 0..<36)
    func bytes(place: Int) throws {
        let id = Array("788d4931-6936-43f2-82ff-178f5762298a".utf8)
        for byte in UInt8.min...UInt8.max {
            var bytes = id
            bytes[place] = byte
            let isFit =
                id[place] == UInt8(ascii: "-")
                ? byte == UInt8(ascii: "-") : byte < 0x80 && Character(Unicode.Scalar(byte)).isHexDigit
            let read = UUIDText(bytes.span)
            try #require((read != nil) == isFit, "byte \(byte)")
            guard let read else { continue }
            let digits = String(decoding: bytes, as: UTF8.self).filter { $0 != "-" }
            try #require(read.high == UInt64(digits.prefix(16), radix: 16), "byte \(byte)")
            try #require(read.low == UInt64(digits.suffix(16), radix: 16), "byte \(byte)")
        }
    }
}
