import Machine
import Testing

@Suite("The limit of open files")
struct OpenFilesTests {
    @Test("is raised as far as that goes, and never lowered")
    func raise() {
        let most = OpenFiles.raiseLimit(to: .max)
        #expect(most > 100)
        #expect(OpenFiles.raiseLimit(to: 10) == 10)
        #expect(OpenFiles.raiseLimit(to: .max) == most)
    }
}
