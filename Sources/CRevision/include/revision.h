/// The commit that the program was built from, and the date of that commit in UTC, such as "69b2a4faf1d9 2026-11-28"; empty
/// where whoever built it did not say.
const char *_Nonnull pinglink_revision(void);
