import CRevision

/// The version of both programs (semver.org), the one place that names it.
package let version = "0.1.0"

/// What `--version` says: the version, and of a program that `scripts/package` has built the commit and its date (UTC) too, as
/// in `0.1.0 (69b2a4faf1d9 2026-11-28)`. The first word is always the version.
package var versionText: String {
    let revision = String(cString: pinglink_revision())
    return revision.isEmpty ? version : "\(version) (\(revision))"
}
