import Testing

@testable import LinkImport

@Suite("Ids that a spreadsheet has rounded")
struct SpreadsheetDamageTests {
    @Test("are recognised", arguments: ["1.23457E+15", "1,23E+15", "1E+20", "9.9E+9"])
    func damaged(id: String) {
        let shows = SpreadsheetDamage.shows(in: Array(id.utf8).span)
        #expect(shows)
    }

    @Test(
        "are not confused with others",
        arguments: ["1e5", "E+5", "1.2E+", "1E5", "a1E+5", "00123", "", "1E+5x", ".5E+3"]
    )
    func sound(id: String) {
        let shows = SpreadsheetDamage.shows(in: Array(id.utf8).span)
        #expect(!shows)
    }
}
