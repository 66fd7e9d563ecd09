import PingOneAPI
import Testing

@Suite("A region of PingOne")
struct RegionTests {
    @Test(
        "is known by its domain and by PingOne's code, without regard to case",
        arguments: [
            (Region.northAmerica, "com", ["com", "COM", "na", "NA", "Na"]),
            (.canada, "ca", ["ca", "CA", "Ca"]),
            (.europe, "eu", ["eu", "EU"]),
            (.asiaPacific, "asia", ["asia", "ASIA", "ap", "AP"]),
            (.australia, "com.au", ["com.au", "COM.AU", "au", "AU"]),
            (.singapore, "sg", ["sg", "SG"]),
        ]
    )
    func names(region: Region, domain: String, arguments: [String]) {
        #expect(region.rawValue == domain)
        for argument in arguments {
            #expect(Region(argument: argument) == region, "\(argument)")
        }
    }

    @Test("there are six of them")
    func all() {
        #expect(Region.allCases.count == 6)
    }

    @Test(
        "another text is no region",
        arguments: ["", "us", "com.", ".com", "com.au.", " com", "pingone.com", "COM.EU"]
    )
    func unknown(argument: String) {
        #expect(Region(argument: argument) == nil)
    }
}
