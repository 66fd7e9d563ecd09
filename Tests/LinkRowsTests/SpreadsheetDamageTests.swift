import Testing

@testable import LinkRows

@Suite("Ids that a spreadsheet has rounded")
struct SpreadsheetDamageTests {
    @Test(
        "are recognised",
        arguments: ["1.23457E+15", "1,23E+15", "1E+20", "9.9E+9", "3249023841.0", "=\"00123\"", "'00123", "1.2e+18"]
    )
    func damaged(id: String) {
        let shows = SpreadsheetDamage.shows(in: Array(id.utf8).span)
        #expect(shows)
    }

    @Test(
        "are not confused with others",
        arguments: ["1e5", "E+5", "1.2E+", "1E5", "a1E+5", "00123", "", "1E+5x", ".5E+3", "1.5", "10.00", "a.0", "'"]
    )
    func sound(id: String) {
        let shows = SpreadsheetDamage.shows(in: Array(id.utf8).span)
        #expect(!shows)
    }

    @Test("certainly rounded are those with a point or comma and two digits behind the plus")
    func rounded() {
        for (id, isRounded) in [
            ("1.23E+15", true), ("1,47743E+18", true), ("1.477429e+18", true), ("1E+15", false), ("1.E+15", false),
            (".5E+15", false), ("1.2E+5", false), ("1.2E+115", false), ("1.2E-15", false), ("1.2.3E+15", false),
            ("a1.2E+15", false), ("1.2E+15 ", false), ("1.2F+15", false), ("12.34E+1x", false), ("", false),
        ] {
            let found = SpreadsheetDamage.isRounded(Array(id.utf8).span)
            #expect(found == isRounded, "\(id)")
        }
    }
}
