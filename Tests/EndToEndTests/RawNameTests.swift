import Foundation
import TestKit
import Testing

@Suite("Names that are not UTF-8", .serialized, .patient)
struct RawNameTests {
    @Test("are those of the same files for inputs, ledgers, result files, figures, exports and reports")
    func sameFiles() async throws {
        try await Desk.with { desk in
            try desk.folder.write("users.csv", Rows.csv(1...5) + "carla,6\n")
            let script = #"""
                mkdir $'d\xfc' && cp users.csv $'d\xfc/u\xfc.csv'
                pinglink import $'d\xfc/u\xfc.csv' --rate 2000 --metrics-file $'d\xfc/m\xfc.prom'
                echo "= import $?"
                sed -i 's/carla/\#(Rows.user(6))/' $'d\xfc/u\xfc.csv.rejects.csv'
                pinglink import $'d\xfc/u\xfc.csv.rejects.csv' --metrics-file $'d\xfc/m\xfc.prom'
                echo "= rejects $?"
                pinglink export $'d\xfc/u\xfc.csv.ledger' -o $'d\xfc/e\xfc.csv'
                echo "= export $?"
                pinglink export $'d\xfc/u\xfc.csv.ledger' -o $'d\xfc/u\xfc.csv'
                echo "= export over the input $?"
                pinglink report $'d\xfc/u\xfc.csv.ledger'
                echo "= report $?"
                echo "= linked $(grep -c ',linked,' $'d\xfc/e\xfc.csv')"
                echo "= successes $(grep -c '^pinglink_last_success' $'d\xfc/m\xfc.prom')"
                cmp users.csv $'d\xfc/u\xfc.csv' && echo '= untouched'
                LC_ALL=C ls -b d*
                rm -r d*
                """#
            let outcome = try await bash(script, at: desk)
            let lines = outcome.output.split(separator: "\n")
            #expect(
                lines.filter { $0.hasPrefix("= ") } == [
                    "= import 1", "= rejects 0", "= export 0", "= export over the input 64", "= report 0",
                    "= linked 6", "= successes 1", "= untouched",
                ],
                "\(outcome.errors)"
            )
            #expect(
                outcome.output.contains(
                    #"go on with: pinglink import $'d\xfc/u\xfc.csv.rejects.csv' --rate 2000 --metrics-file $'d\xfc/m\xfc.prom'"#
                ),
                "\(outcome.output)"
            )
            #expect(lines.contains(#"report: d\xfc/u\xfc.csv.ledger.html"#))
            #expect(
                lines.suffix(6) == [
                    #"e\374.csv"#, #"m\374.prom"#, #"u\374.csv"#, #"u\374.csv.ledger"#, #"u\374.csv.ledger.html"#,
                    #"u\374.csv.rejects.csv"#,
                ]
            )
            #expect(try desk.folder.names == ["users.csv"])
            #expect(try await desk.simulator.links().count == 6)
        }
    }

    @Test("are words of the shell in the commands that messages name, as names with blanks are")
    func words() async throws {
        try await Desk.with { desk in
            try desk.folder.write("the users.csv", Rows.csv(1...2))
            let script = #"""
                cp 'the users.csv' $'d\\ \xfc'
                pinglink 'the users.csv'
                pinglink $'d\\ \xfc'
                rm d*
                """#
            let outcome = try await bash(script, at: desk)
            #expect(outcome.errors.contains("To import it: pinglink import 'the users.csv'\n"), "\(outcome.errors)")
            #expect(outcome.errors.contains(#"To import it: pinglink import $'d\\ \xfc'"#), "\(outcome.errors)")
        }
    }
}
