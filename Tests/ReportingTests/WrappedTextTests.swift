import Reporting
import Testing

@Suite("Text, wrapped to a width")
struct WrappedTextTests {
    @Test(
        "breaks at a blank, else behind a sign that joins, else anywhere",
        arguments: [
            ("", [""]), ("fits here.", ["fits here."]), ("line 7, profile", ["line 7,", "profile"]),
            ("1234567890 12", ["1234567890", "12"]), ("PINGONE_IDP_ID", ["PINGONE_", "IDP_ID"]),
            ("/etc/pinglink/secret", ["/etc/", "pinglink/", "secret"]), ("123456789012", ["1234567890", "12"]),
        ] as [(String, [String])]
    )
    func breaks(text: String, lines: [String]) {
        #expect(WrappedText.lines(text, width: 10) == lines)
    }

    @Test("loses nothing but blanks, and no line is too long", arguments: 1...30)
    func whole(width: Int) {
        let text = "none; looked for pinglink.yaml, /home/somebody/.config/pinglink/config.yaml"
        let lines = WrappedText.lines(text, width: width)
        #expect(lines.allSatisfy { $0.count <= width })
        #expect(lines.joined().replacing(" ", with: "") == text.replacing(" ", with: ""))
    }
}
