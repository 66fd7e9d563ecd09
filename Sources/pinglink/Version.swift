/// The program's version (semver.org), the one place that names it.
let version = "0.1.0"
