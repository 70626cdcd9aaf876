import { open, stat } from 'node:fs/promises'
import Database from 'better-sqlite3'
import { isDamaged } from '../errors.ts'

const HEADER = 'SQLite format 3\0'
/** Locks of others last for moments; a file that stays locked is in use, not damaged. */
const BUSY_MS = 5_000

/** After a crash, a start does not take much longer than that for looking at tables. */
const START_MS = 1_000

/**
 * How much of a file is read: a `start` reads the tables only if nobody closed the file, which is when files suffer, and
 * begins with none that late; the `whole` takes its time.
 */
export type Depth = 'start' | 'whole'

/**
 * What is wrong with a database file, in words that continue a sentence; undefined when nothing is found, also where
 * there is no file yet. Values may still be others than were written: that no file tells of itself.
 */
export async function findFileDamage(path: string, depth: Depth): Promise<string | undefined> {
  const [size, rest] = [await sizeOf(path), await sizeOf(`${path}-wal`)]
  if (size === 0) return rest === 0 ? undefined : 'it is gone, but for what was written last'
  if ((await beginningOf(path)) !== HEADER) return 'it is no database'
  try {
    return checkFile(path, depth === 'whole' ? Number.POSITIVE_INFINITY : rest > 0 ? START_MS : 0)
  } catch (error) {
    if (isDamaged(error)) return (error as Error).message
    throw error
  }
}

function checkFile(path: string, limitMs: number): string | undefined {
  const deadline = performance.now() + limitMs
  const file = new Database(path, { readonly: true, timeout: BUSY_MS })
  try {
    // Not what an extension keeps in tables of its own, and can make anew.
    const tables = file
      .prepare<[], { name: string }>(`select name from sqlite_schema where type = 'table' and rootpage > 0`)
      .all()
    for (const { name } of tables) {
      if (performance.now() >= deadline) return undefined
      const answer = file.pragma(`quick_check("${name.replaceAll('"', '""')}")`, { simple: true })
      if (answer !== 'ok') return `table ${name}: ${answer}`
    }
    return undefined
  } finally {
    file.close()
  }
}

async function sizeOf(path: string): Promise<number> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error
  })
  return found?.size ?? 0
}

async function beginningOf(path: string): Promise<string> {
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEADER.length), 0, HEADER.length, 0)
    return buffer.toString('latin1', 0, bytesRead)
  } finally {
    await file.close()
  }
}
