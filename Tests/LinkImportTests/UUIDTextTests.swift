import LinkImport
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
}
