/// Numbers that people read at a glance.
package enum DigitGroups {
    /// `1,200,000`; zero or more.
    package static func text(_ number: some BinaryInteger) -> String {
        var text = ""
        let digits = String(number)
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { text.append(",") }
            text.append(digit)
        }
        return text
    }
}
