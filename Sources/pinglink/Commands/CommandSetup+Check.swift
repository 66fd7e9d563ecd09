import LinkImport

extension CommandSetup {
    /// Looks at the values of the settings as an import does before it begins, in the same order.
    ///
    /// Does not look whether settings are missing, and reads no secret.
    /// - Throws: what the import would throw.
    func check() throws {
        _ = try logFormat()
        _ = try settings.isSet(.quiet)
        _ = try uuid(.environment)
        let endpoints = try endpoints(in: region())
        _ = try uuid(.authEnvironment)
        _ = try authMethod()
        try checkKeyFlags()
        _ = try keyID()
        _ = try timeout()
        _ = try attempts()
        _ = try maxWait()
        _ = try transport(endpoints: endpoints)
        _ = try reading()
        _ = try rate()
        _ = try settings.isSet(.strict)
        _ = try progressStyle()
        _ = try Deadline(settings)
        _ = try userIndex()
        _ = try concurrency()
        _ = try limit()
        _ = try retried()
        _ = try breaker()
        _ = try databaseSettings()
    }
}
