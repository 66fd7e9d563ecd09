extension InputFile {
    /// Whether an earlier run has put columns of its own into the header. False for a stream, and where there is no header
    /// that can be read: the run says what is wrong with it.
    package func hasResultColumns(_ options: ReadingOptions) -> Bool {
        guard isRereadable,
            let stream = try? RowStream(
                self,
                options: options,
                claims: ClaimCheck(),
                comparison: .withEarlier,
                hashes: false
            )
        else { return false }
        return stream.binder.plan.isOfResultFile
    }
}
