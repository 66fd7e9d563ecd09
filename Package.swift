// swift-tools-version:6.2
import PackageDescription

#if !os(Linux)
    #error("pinglink is for Linux: its threads, files, signals and libraries are those of Linux.")
#endif

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

/// For the modules that touch bytes, C or the system: each pointer step is marked `unsafe`.
let strictWithC = strict + [.strictMemorySafety()]

/// For the search for the rate and its tests, which simulate hours of many servers: unoptimized they take minutes.
let optimized = strict + [.unsafeFlags(["-O"], .when(configuration: .debug))]

/// Only libFuzzer can give its program a `main`: scripts/fuzz builds it, and nothing else knows of it.
let isFuzzing = Context.environment["PINGLINK_FUZZING"] != nil

/// What several test targets share. As a test target itself it is no part of a build without tests, which has no `Testing`.
func testKit(_ name: String, dependencies: [Target.Dependency] = []) -> Target {
    isFuzzing
        ? .target(name: name, dependencies: dependencies, path: "Tests/\(name)", swiftSettings: strict)
        : .testTarget(name: name, dependencies: dependencies, swiftSettings: strict)
}

let package = Package(
    name: "pinglink",
    products: [
        .executable(name: "pinglink", targets: ["pinglink"]),
        .executable(name: "pingone-simulator", targets: ["pingone-simulator"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        // A command of `swift package` only: nothing is linked with it.
        .package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.5.0"),
    ],
    targets: [
        .systemLibrary(name: "CLibCSV", providers: [.apt(["libcsv-dev"])]),
        .systemLibrary(name: "CLibCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "CLibCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CLibSSL", pkgConfig: "libssl", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CLibPQ", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(name: "CSQLite", providers: [.apt(["libsqlite3-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),

        .target(
            name: "CSVReading",
            dependencies: ["CLibCSV", "CLibCrypto", "CZlib"],
            swiftSettings: strictWithC
        ),
        .target(name: "HTTPTransport", dependencies: ["CLibCurl", "CLibSSL"], swiftSettings: strictWithC),
        .target(name: "DurableSteps", swiftSettings: strictWithC),
        .target(name: "Locking", swiftSettings: strictWithC),
        .target(name: "Machine", dependencies: ["CChildProcess", "RawPaths"], swiftSettings: strictWithC),
        .target(name: "RawPaths", swiftSettings: strictWithC),
        .target(name: "CChildProcess"),
        .target(name: "CRawPaths"),
        .target(name: "Version", dependencies: ["CRevision"], swiftSettings: strict),
        // scripts/package says which commit it builds.
        .target(
            name: "CRevision",
            cSettings: Context.environment["PINGLINK_REVISION"].map { [.define("PINGLINK_REVISION", to: "\"\($0)\"")] }
        ),
        .target(
            name: "CommandHelp",
            dependencies: [.product(name: "ArgumentParser", package: "swift-argument-parser")],
            swiftSettings: strict
        ),
        .target(
            name: "Pacing",
            dependencies: ["Locking", .product(name: "Histogram", package: "hdrhistogram-swift")],
            swiftSettings: optimized
        ),
        .target(name: "SignatureChecking", dependencies: ["CLibCrypto"], swiftSettings: strictWithC),
        .target(name: "Signing", dependencies: ["CLibCrypto"], swiftSettings: strictWithC),
        .target(name: "JSON", swiftSettings: strictWithC),
        .target(
            name: "PingOneAPI",
            dependencies: ["HTTPTransport", "JSON", "Locking", "Pacing", "Signing"],
            swiftSettings: strictWithC
        ),
        .target(
            name: "PingOneClient",
            dependencies: ["DurableSteps", "HTTPTransport", "JSON", "Locking", "Machine", "Pacing", "PingOneAPI"],
            swiftSettings: strict
        ),
        .target(
            name: "LinkRows",
            dependencies: ["CSVReading", "JSON", "Ledger", "Machine", "Pacing", "PingOneAPI", "RawPaths"],
            swiftSettings: strictWithC
        ),
        .target(
            name: "AttributeMappings",
            dependencies: ["CSVReading", "HTTPTransport", "JSON", "LinkRows", "Pacing", "PingOneAPI", "PingOneClient"],
            swiftSettings: strict
        ),
        .target(name: "Ledger", swiftSettings: strictWithC),
        .target(
            name: "SQLiteLedger",
            dependencies: [
                "CRawPaths", "CSQLite", "DurableSteps", "Ledger", "Locking", "RawPaths",
                .product(name: "GRDB", package: "GRDB.swift"),
            ],
            swiftSettings: strictWithC
        ),
        .target(
            name: "PostgresLedger",
            dependencies: ["CLibPQ", "DurableSteps", "Ledger", "Locking", "Pacing"],
            swiftSettings: strictWithC
        ),
        .target(
            name: "LinkImport",
            dependencies: [
                "CSVReading", "DurableSteps", "HTTPTransport", "Ledger", "LinkRows", "Locking", "Machine", "Pacing",
                "PingOneAPI", "PingOneClient", "RawPaths",
            ],
            swiftSettings: strictWithC
        ),
        .target(
            name: "Reporting",
            dependencies: [
                "AttributeMappings", "CSVReading", "DurableSteps", "JSON", "Ledger", "LinkImport", "LinkRows", "Pacing",
                "PingOneAPI", "PingOneClient", "RawPaths",
                .product(name: "Mustache", package: "swift-mustache"),
            ],
            swiftSettings: strictWithC
        ),
        .target(
            name: "PingOneSimulator",
            dependencies: [
                "SignatureChecking",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strictWithC
        ),
        .executableTarget(
            name: "pinglink",
            dependencies: [
                "AttributeMappings", "CLibCrypto", "CSVReading", "CommandHelp", "DurableSteps", "HTTPTransport", "JSON",
                "Ledger", "LinkImport", "LinkRows", "Machine", "Pacing", "PingOneAPI", "PingOneClient",
                "PostgresLedger", "RawPaths", "Reporting", "SQLiteLedger", "Signing", "Version", "Yams",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strictWithC
        ),
        .executableTarget(
            name: "pingone-simulator",
            dependencies: [
                "CommandHelp", "Machine", "PingOneSimulator", "SignatureChecking", "Version",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strictWithC
        ),

        testKit("TestKit"),
        testKit("SeededRandom"),
        testKit("TestSockets"),
        testKit("CSVTestKit", dependencies: ["CSVReading"]),
        testKit("LedgerTestKit", dependencies: ["Ledger", "SeededRandom", "TestKit"]),
        testKit(
            "SQLiteTestKit",
            dependencies: ["Ledger", "LedgerTestKit", "SQLiteLedger", .product(name: "GRDB", package: "GRDB.swift")]
        ),
        testKit("PostgresTestKit"),
        testKit(
            "FuzzTargets",
            dependencies: [
                "CSVReading", "CSVTestKit", "HTTPTransport", "JSON", "LinkRows", "PingOneAPI", "SeededRandom",
            ]
        ),
        testKit("JSONTestKit", dependencies: ["JSON", "SeededRandom"]),
        testKit(
            "ImportTestKit",
            dependencies: ["HTTPTransport", "JSON", "Pacing", "PingOneAPI", "PingOneClient", "TestKit"]
        ),
        .testTarget(
            name: "CSVReadingTests",
            dependencies: ["CSVReading", "CSVTestKit", "SeededRandom", "TestKit"],
            swiftSettings: strict
        ),
        .testTarget(name: "FuzzTargetsTests", dependencies: ["FuzzTargets", "SeededRandom"], swiftSettings: strict),
        .testTarget(
            name: "HTTPTransportTests",
            dependencies: ["HTTPTransport", "TestKit", "TestSockets"],
            swiftSettings: strict
        ),
        .testTarget(name: "DurableStepsTests", dependencies: ["DurableSteps"], swiftSettings: strict),
        .testTarget(name: "RawPathsTests", dependencies: ["RawPaths"], swiftSettings: strict),
        .testTarget(name: "LockingTests", dependencies: ["Locking"], swiftSettings: strict),
        .testTarget(name: "MachineTests", dependencies: ["Machine", "TestKit"], swiftSettings: strict),
        .testTarget(
            name: "PacingTests",
            dependencies: ["Pacing", "SeededRandom", "TestKit"],
            swiftSettings: optimized
        ),
        .testTarget(
            name: "JSONTests",
            dependencies: ["JSON", "JSONTestKit", "SeededRandom", "TestKit"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "PingOneAPITests",
            dependencies: ["HTTPTransport", "JSON", "JSONTestKit", "Pacing", "PingOneAPI", "Signing", "TestKit"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "LedgerTests",
            dependencies: [
                "Ledger", "LedgerTestKit", "SQLiteLedger", "SQLiteTestKit", "SeededRandom", "TestKit",
                .product(name: "GRDB", package: "GRDB.swift"),
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "LedgerContractTests",
            dependencies: [
                "Ledger", "LedgerTestKit", "PostgresLedger", "PostgresTestKit", "SQLiteLedger", "SQLiteTestKit",
                "TestKit",
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "PostgresLedgerTests",
            dependencies: [
                "Ledger", "LedgerTestKit", "PostgresLedger", "PostgresTestKit", "SQLiteLedger", "TestKit",
                .product(name: "GRDB", package: "GRDB.swift"),
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "PingOneClientTests",
            dependencies: [
                "HTTPTransport", "ImportTestKit", "JSON", "Machine", "Pacing", "PingOneAPI", "PingOneClient", "TestKit",
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "LinkRowsTests",
            dependencies: ["CSVReading", "LinkRows", "PingOneAPI", "SeededRandom", "TestKit"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "AttributeMappingsTests",
            dependencies: [
                "AttributeMappings", "CSVReading", "HTTPTransport", "ImportTestKit", "LinkRows", "PingOneAPI",
                "PingOneClient", "TestKit",
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "LinkImportTests",
            dependencies: [
                "AttributeMappings", "CSVReading", "HTTPTransport", "ImportTestKit", "Ledger", "LinkImport", "LinkRows",
                "Pacing", "PingOneAPI", "PingOneClient", "PingOneSimulator", "SQLiteLedger", "SeededRandom", "TestKit",
                "TestSockets",
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "PostgresPaceTests",
            dependencies: ["Pacing", "PostgresLedger", "PostgresTestKit", "TestKit"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "ReportingTests",
            dependencies: [
                "AttributeMappings", "CSVReading", "ImportTestKit", "JSON", "Ledger", "LedgerTestKit", "LinkImport",
                "LinkRows", "Pacing", "PingOneAPI", "PingOneClient", "Reporting", "SQLiteLedger", "SQLiteTestKit",
                "TestKit",
            ],
            swiftSettings: strict
        ),
        .testTarget(name: "SigningTests", dependencies: ["Signing", "TestKit"], swiftSettings: strict),
        .testTarget(
            name: "PingOneSimulatorTests",
            dependencies: ["PingOneSimulator", "SignatureChecking", "Signing"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "EndToEndTests",
            dependencies: ["PostgresTestKit", "SeededRandom", "TestKit", "pinglink", "pingone-simulator"],
            swiftSettings: strict
        ),
    ]
)

if isFuzzing {
    package.targets.append(
        .executableTarget(
            name: "fuzz",
            dependencies: ["FuzzTargets"],
            path: "scripts/fuzz.d",
            swiftSettings: strictWithC + [.unsafeFlags(["-parse-as-library"])]
        )
    )
}
