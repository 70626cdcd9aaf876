import Database from 'better-sqlite3'

/**
 * Says that a database file is in use, or that it is to be replaced, in a file of its own beside it: the locks of a
 * damaged one can't be relied on. The system ends what a process held that died.
 * @throws SqliteError `SQLITE_BUSY` when somebody else replaces it, or uses it where it is to be replaced
 * @returns lets go of it
 */
export function holdFile(path: string, purpose: 'use' | 'replace'): () => void {
  const hold = new Database(`${path}.in-use`, { timeout: 0 })
  try {
    hold.pragma('journal_mode = MEMORY')
    hold.exec(purpose === 'use' ? 'begin' : 'begin exclusive')
    // A transaction that may be shared only takes its lock with the first look.
    hold.prepare('select count(*) from sqlite_schema').get()
  } catch (error) {
    hold.close()
    throw error
  }
  return () => void hold.close()
}
