import { beginBulk, type Db, type EndBulk, openScratch } from '@spends/db'
import { refusedEntry } from '../zip/directory.ts'
import { MANIFEST, type Manifest } from './manifest.ts'
import { type OpenBackup, readEntry } from './open.ts'
import { hashTable, loadLines, tablesOf } from './rows.ts'
import { dataName, uploadHash } from './tables.ts'

/**
 * Loads the rows of a backup into a scratch database of its schema, for as long as `use` takes, and checks that they
 * come out of it as they went in: their types, keys and references are in order, and no byte of them was lost.
 * @param path of a file that is not there yet
 * @param onRows is told how many rows were put since it was told last
 * @param use is given the database, which has no text indexes, and what brings them back
 * @throws AppError BAD_REQUEST naming the entry that is wrong
 */
export async function withScratch<T>(
  backup: OpenBackup,
  { path, onRows }: { path: string; onRows: (rows: number) => Promise<void> },
  use: (db: Db, endBulk: EndBulk) => Promise<T>,
): Promise<T> {
  const { manifest } = backup
  const scratch = await openScratch(path, manifest.schema_version)
  try {
    const endBulk = await load(scratch.db, backup, onRows)
    await compare(scratch.db, manifest)
    await checkUploads(scratch.db, manifest)
    return await use(scratch.db, endBulk)
  } finally {
    await scratch.close()
  }
}

async function load(db: Db, backup: OpenBackup, onRows: (rows: number) => Promise<void>): Promise<EndBulk> {
  return db.transaction().execute(async (tx) => {
    const endBulk = await beginBulk(tx)
    for (const table of await tablesOf(tx)) {
      const entry = entryOf(backup.manifest, table.name)
      await loadLines(tx, table, readEntry(backup, entry), onRows)
    }
    return endBulk
  })
}

async function compare(db: Db, manifest: Manifest): Promise<void> {
  const tables = await tablesOf(db)
  for (const table of tables) {
    const { name, sha256 } = entryOf(manifest, table.name)
    const found = await hashTable(db, table)
    if (found.rows !== manifest.row_counts[table.name]) throw refusedEntry(name, `has ${found.rows} rows`)
    if (found.sha256 !== sha256) throw refusedEntry(name, 'does not hold its rows as a backup writes them')
  }
  const known = new Set<string>(tables.map(({ name }) => name))
  const extra = Object.keys(manifest.row_counts).find((table) => !known.has(table))
  if (extra) throw refusedEntry(dataName(extra), 'holds a table that its schema does not have')
}

/** Every file that the rows name is there, and no other. */
async function checkUploads(db: Db, { entries }: Manifest): Promise<void> {
  const held = new Set(entries.flatMap(({ name }) => uploadHash(name) ?? []))
  const named = db.selectFrom('attachments').select('sha256').distinct().where('available', '=', true)
  for await (const { sha256 } of named.stream(1000)) {
    if (!held.delete(sha256)) throw refusedEntry(dataName('attachments'), `names a file that is missing: ${sha256}`)
  }
  for (const sha256 of held) throw refusedEntry(dataName('attachments'), `does not name the file ${sha256}`)
}

function entryOf({ entries }: Manifest, table: string) {
  const name = dataName(table)
  const entry = entries.find((entry) => entry.name === name)
  if (!entry) throw refusedEntry(name, `is not listed in "${MANIFEST}"`)
  return entry
}
