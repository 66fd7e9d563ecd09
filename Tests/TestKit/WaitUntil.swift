/// Returns when the condition holds, and ends with the task: for what nobody reports, such as a row in a database.
package func waitUntil(
    every pause: Duration = .milliseconds(5),
    _ condition: () async throws -> Bool
) async throws {
    while try await !condition() { try await Task.sleep(for: pause) }
}
