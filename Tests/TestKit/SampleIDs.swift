/// Ids for tests, made from numbers.
package enum SampleIDs {
    package static let environment = "abfba8f6-49eb-49f5-a5d9-80ad5c98f9f6"
    package static let provider = "302990c0-289d-40ec-a2ff-e7c7fd0cca63"

    /// A user's id; the same number gives the same id.
    package static func user(_ number: Int) -> String {
        let digits = String(number, radix: 16)
        return "00000000-0000-4000-8000-" + String(repeating: "0", count: 12 - digits.count) + digits
    }
}
