import Testing

@testable import PingOneSimulator

@Suite("Records of a CSV")
struct CSVRecordsTests {
    @Test(
        "cells are what RFC 4180 says, with some forgiveness",
        arguments: [
            ("", []), ("\n\r\n\n", []), ("a", [["a"]]), ("a,b\nc,d", [["a", "b"], ["c", "d"]]),
            ("a,b\r\nc,\r\n", [["a", "b"], ["c", ""]]), ("a\rb", [["a"], ["b"]]), (",", [["", ""]]),
            (#""a,b","c ""d""",e"#, [["a,b", #"c "d""#, "e"]]), ("\"a\r\nb\",c\n", [["a\r\nb", "c"]]),
            (#" a b , " c " ,d"#, [["a b", " c ", "d"]]), (#"a"b,c"#, [[#"a"b"#, "c"]]),
            (#""a"x,b"#, [["a", "b"]]), (#"a,"b,c"#, [["a", "b,c"]]), (#""a""#, [["a"]]), (#"",""#, [[","]]),
            (#"","",b""#, [[#",",b"#]]),
            ("\u{FEFF}é,ü", [["é", "ü"]]),
        ] as [(String, [[String]])]
    )
    func cells(text: String, records: [[String]]) {
        #expect(Array(CSVRecords(text.utf8)) == records)
    }
}
