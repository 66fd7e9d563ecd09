/// The version of both programs (semver.org), the one place that names it.
package let version = "0.1.0"
