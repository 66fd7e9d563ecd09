import CSVReading
import PingOneAPI

/// What the first reading of a file tells: whether its structure holds, how many rows there are, who claims what.
package struct InputScan: Sendable {
    package var rows = 0
    /// The identity providers that fit rows name, each once; the first hundred.
    package var identityProviders: [String] = []
    /// Attributes in the header whose names PingOne reserves.
    package var reservedAttributes: [String] = []
    /// Rows whose external id looks as if a spreadsheet had rounded it, and the first of their lines.
    package var damagedIDs = (count: 0, firstLine: 0)
    package var sha256: String?
    var claims = ClaimCheck()

    /// - Throws: `BrokenInput`, `InputError`, `NoIdentityProvider`.
    package init(_ input: InputFile, options: ReadingOptions) throws {
        var stream = try RowStream(input, options: options, claims: ClaimCheck(), comparison: .noting)
        reservedAttributes = stream.binder.plan.reservedAttributes
        var seen: Set<UUIDText> = []
        while let reading = try stream.next() {
            rows += 1
            guard case .fit(let row) = reading else { continue }
            if SpreadsheetDamage.shows(in: row.link.externalID) {
                if damagedIDs.count == 0 { damagedIDs.firstLine = row.line }
                damagedIDs.count += 1
            }
            if seen.count < 100, let provider = UUIDText(row.link.identityProviderID), seen.insert(provider).inserted {
                identityProviders.append(row.link.identityProviderID)
            }
        }
        sha256 = stream.sha256
        claims = stream.takeClaims()
        claims.finishFirstReading()
    }
}

/// Long numbers that a spreadsheet took for numbers: `1.23457E+15`.
enum SpreadsheetDamage {
    /// Digits, perhaps with a point or comma, then `E+` and digits. `1e5` is a possible id and none of these.
    static func shows(in id: String) -> Bool {
        guard id.utf8.count <= 32, let mark = id.range(of: "E+") else { return false }
        let isDigit: (UInt8) -> Bool = { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        let mantissa = id[..<mark].utf8
        let exponent = id[mark...].utf8.dropFirst(2)
        return mantissa.first.map(isDigit) == true && !exponent.isEmpty && exponent.allSatisfy(isDigit)
            && mantissa.allSatisfy { isDigit($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: ",") }
    }
}

extension String {
    /// Where `part` begins; compared by bytes.
    fileprivate func range(of part: String) -> Index? {
        let wanted = Array(part.utf8)
        var index = utf8.startIndex
        while index < utf8.endIndex {
            if utf8[index...].starts(with: wanted) { return index }
            index = utf8.index(after: index)
        }
        return nil
    }
}
