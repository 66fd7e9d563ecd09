import Testing

@testable import Reporting

@Suite("A table on a terminal")
struct TextTableTests {
    @Test("columns are as wide as their widest cell, without blanks at the end of a line")
    func aligned() {
        let rows = [["name", "update", "value"], ["a", "EMPTY_ONLY", "é"], ["longer", "", ""], ["", "", ""]]
        #expect(
            TextTable.text(rows) == """
                name    update      value
                a       EMPTY_ONLY  é
                longer

                """
        )
    }

    @Test("a line break in a cell does not begin a row")
    func lineBreak() {
        #expect(TextTable.text([["a\nb", "c\r\n"]]) == #"a\nb  c\n"#)
    }
}
