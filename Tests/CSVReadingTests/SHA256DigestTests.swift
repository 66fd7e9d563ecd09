import CSVReading
import Testing

@Suite("SHA-256")
struct SHA256DigestTests {
    /// Source: FIPS 180-4, the examples for SHA-256.
    @Test("the first half of a digest")
    func firstBits() {
        #expect(SHA256Digest.firstBits(of: Array("abc".utf8)) == 0xba78_16bf_8f01_cfea_4141_40de_5dae_2223)
        #expect(SHA256Digest.firstBits(of: []) == 0xe3b0_c442_98fc_1c14_9afb_f4c8_996f_b924)
    }
}
