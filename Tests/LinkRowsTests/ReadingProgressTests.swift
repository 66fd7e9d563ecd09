import CSVReading
import LinkRows
import TestKit
import Testing

@Suite("The progress of a reading")
struct ReadingProgressTests {
    private let options = ReadingOptions(delimiter: .comma, columns: .init(), identityProvider: SampleIDs.provider)

    @Test("a first reading tells every 4,096 rows how many it has read, a second one also how many there are")
    func told() throws {
        let folder = try TemporaryFolder()
        let rows = (1...9000).map { "\(SampleIDs.user($0)),\($0)\n" }.joined() + "carla,1\n"
        let input = try InputFile(path: folder.write("users.csv", "userID,externalId\n" + rows))
        var told: [ReadingProgress] = []
        let scan = try InputScan(input, options: options) { told.append($0) }
        #expect(told == [ReadingProgress(rows: 4096), ReadingProgress(rows: 8192)])
        told = []
        _ = try InputCheck(input, scan: scan, options: options, progress: { told.append($0) }, report: { _ in })
        #expect(told == [ReadingProgress(rows: 4096, total: 9001), ReadingProgress(rows: 8192, total: 9001)])
    }
}
