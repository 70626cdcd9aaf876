/*
 * Imported first by every program: on an older Node the database driver would end the process without a word.
 */
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < 24 && !(major === 22 && minor >= 18)) {
  process.stderr.write(`Spends Tracker needs Node 22.18, or 24 and later; this is ${process.version}.\n`)
  process.exit(1)
}
