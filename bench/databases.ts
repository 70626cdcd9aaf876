import { createHash } from 'node:crypto'
import { constants, globSync, readFileSync } from 'node:fs'
import { access, copyFile, mkdir, readdir, rename, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { seedDatabase } from '@spends/core'
import { generatePurchases } from '@spends/core/demo/generate'
import { connectDatabase, migrateUp } from '@spends/db'
import Database from 'better-sqlite3'
import { sql } from 'kysely'

/** The moment at which the benchmark happens; the purchases lie in the five years before. */
export const NOW = new Date('2026-06-30T12:00:00Z')

const DAY_MS = 86_400_000

const cache = join(tmpdir(), 'spends-bench')

/** What decides the contents of a generated database: a change of these makes the cached ones worthless. */
const SOURCES = ['core/src/demo/*.ts', 'core/src/statistics/facts.ts', 'core/src/text.ts', 'db/src/migrations/*.ts']

/** The path of a database file with that many purchases, made by an earlier run or now. Whoever writes copies it. */
export async function generatedDatabase(purchases: number, say: (line: string) => void): Promise<string> {
  const version = generatorVersion()
  const folder = join(cache, version)
  await mkdir(folder, { recursive: true })
  await removeOld(version)
  const path = join(folder, `${purchases}.db`)
  if (await exists(path)) return path
  const unfinished = `${path}.${process.pid}`
  const begin = performance.now()
  try {
    await generate(unfinished, purchases)
    await rename(unfinished, path)
  } finally {
    for (const suffix of ['', '-wal', '-shm']) await rm(unfinished + suffix, { force: true })
  }
  say(`${purchases} purchases generated in ${((performance.now() - begin) / 1000).toFixed(0)} s: ${path}`)
  return path
}

/** A copy that may be written; instantly where the file system can share the blocks. */
export async function copyDatabase(path: string, copy: string): Promise<string> {
  await copyFile(path, copy, constants.COPYFILE_FICLONE)
  return copy
}

/** A copy with rows and indexes, and nothing that has to be kept up beside them at a write. */
export async function copyBareDatabase(path: string, copy: string): Promise<string> {
  await copyDatabase(path, copy)
  const db = new Database(copy)
  const triggers = db.prepare<[], string>("select name from sqlite_schema where type = 'trigger'").pluck()
  for (const name of triggers.all()) db.exec(`drop trigger ${name}`)
  db.exec('drop table purchase_search')
  db.exec('vacuum')
  db.close()
  return copy
}

async function generate(path: string, purchases: number): Promise<void> {
  const { db, close } = connectDatabase({ url: path, dataDir: '' })
  try {
    await migrateUp(db)
    // In a transaction it reaches the connection that writes. The indexes of a million purchases don't fit what that
    // has else, and random pages would be written over and over.
    await db.transaction().execute((tx) => sql`pragma cache_size = -1000000`.execute(tx))
    const ctx = { db, now: () => NOW }
    await seedDatabase(ctx)
    await generatePurchases(ctx, { purchases })
  } finally {
    await close()
  }
}

/** Versions that no run has added to for a day: several are in use while somebody works on the generator. */
async function removeOld(version: string): Promise<void> {
  for (const other of await readdir(cache)) {
    const { mtimeMs } = await stat(join(cache, other))
    if (other === version || Date.now() - mtimeMs < DAY_MS) continue
    await rm(join(cache, other), { recursive: true, force: true })
  }
}

function generatorVersion(): string {
  const packages = fileURLToPath(new URL('../packages/', import.meta.url))
  const hash = createHash('sha256').update(NOW.toISOString())
  const files = SOURCES.flatMap((pattern) => globSync(pattern, { cwd: packages })).filter(
    (file) => !/\.test\./.test(file),
  )
  for (const file of files.sort()) hash.update(file).update(readFileSync(join(packages, file)))
  return hash.digest('hex').slice(0, 16)
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
