import { randomBytes, randomUUID } from 'node:crypto'
import { mkdtemp, open, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { connectDatabase } from './connect.ts'
import { isDamaged, isUnavailable } from './errors.ts'
import { migrateUp } from './migrate.ts'
import { DatabaseInUseError, findDamage, holdDatabase, replaceDatabase } from './replace.ts'
import { retailer } from './testing/sample-rows.ts'

const NOW = new Date('2026-03-15T12:00:00.500Z')

let dataDir: string
let path: string
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'spends-replace-'))
  onTestFinished(() => rm(dataDir, { recursive: true, force: true }))
  path = join(dataDir, 'spends_tracker.db')
})

/** A migrated database with a few hundred pages of retailers, closed. */
async function fill(location = { dataDir }): Promise<void> {
  const { db, close } = connectDatabase(location)
  await migrateUp(db)
  const rows = Array.from({ length: 300 }, () => {
    const name = randomBytes(100).toString('hex')
    return { ...retailer, id: randomUUID(), name, name_key: name }
  })
  await db.insertInto('retailers').values(rows).execute()
  await close()
}

async function names(): Promise<string[]> {
  const { db, close } = connectDatabase({ dataDir })
  try {
    const { rows } = await sql<{ name: string }>`select name from retailers order by name`.execute(db)
    return rows.map(({ name }) => name)
  } finally {
    await close()
  }
}

/** Overwrites bytes with noise. */
async function damage(from: number, length: number): Promise<void> {
  const file = await open(path, 'r+')
  await file.write(randomBytes(length), 0, length, from)
  await file.close()
}

describe('damage', () => {
  it('is not found where there is none, nor where there is no file yet', async () => {
    expect(await findDamage({ dataDir }, 'whole')).toBeUndefined()
    await writeFile(path, '')
    expect(await findDamage({ dataDir }, 'whole')).toBeUndefined()
    await fill()
    expect(await findDamage({ dataDir }, 'start')).toBeUndefined()
    expect(await findDamage({ dataDir }, 'whole')).toBeUndefined()
  })

  it.each([
    ['something else altogether', 0, 5000],
    ['a header that was overwritten', 0, 10],
    ['a first page that was overwritten', 100, 3996],
  ])('is found at every start: %s', async (_, from, length) => {
    await fill()
    await damage(from, length)
    expect(await findDamage({ dataDir }, 'start')).toEqual(expect.any(String))
  })

  it('is found in a page of a table by who looks at the whole', async () => {
    await fill()
    const { size } = await stat(path)
    await damage(Math.floor(size / 2), size / 2 - 4096)
    expect(await findDamage({ dataDir }, 'whole')).toMatch(/^table |malformed/)
    // The same error that whoever reads the page meets.
    const error = await names().catch((error: unknown) => error)
    expect(isDamaged(error)).toBe(true)
  })

  it('is found in a file that was cut off', async () => {
    await fill()
    const file = await open(path, 'r+')
    await file.truncate(Math.floor((await stat(path)).size / 2))
    await file.close()
    expect(await findDamage({ dataDir }, 'whole')).toEqual(expect.any(String))
  })

  it('is a file that is gone while its last changes are there', async () => {
    await fill()
    const { db, close } = connectDatabase({ dataDir })
    await sql`update retailers set name = name || ' new'`.execute(db)
    await rm(path)
    expect(await findDamage({ dataDir }, 'start')).toMatch(/^it is gone, but for what was written last/)
    await close()
  })

  it('is not a lock', async () => {
    await fill()
    const { db, close } = connectDatabase({ dataDir })
    await db.transaction().execute(async (trx) => {
      await sql`delete from retailers`.execute(trx)
      expect(await findDamage({ dataDir }, 'whole')).toBeUndefined()
    })
    await close()
  })

  it('is none of our business on a server', async () => {
    expect(await findDamage({ url: 'postgres://127.0.0.1:1/none', dataDir }, 'whole')).toBeUndefined()
  })
})

describe('replacing a database', () => {
  it('keeps the damaged file and what belongs to it, and puts the new one in its place', async () => {
    await fill()
    await damage(0, 5000)
    const broken = await readFile(path)
    await writeFile(`${path}-wal`, 'the last changes')
    const { aside, result } = await replaceDatabase({ dataDir }, NOW, async ({ db }) => {
      await migrateUp(db)
      return 'filled'
    })
    expect(result).toBe('filled')
    expect(aside).toBe(`${path}.broken-20260315T120000Z`)
    expect(await readFile(`${aside}`)).toEqual(broken)
    expect(await readFile(`${aside}-wal`, 'utf8')).toBe('the last changes')
    expect(await findDamage({ dataDir }, 'whole')).toBeUndefined()
    expect(await names()).toEqual([])
  })

  it('makes one where there was none', async () => {
    const { aside } = await replaceDatabase({ dataDir }, NOW, ({ db }) => migrateUp(db))
    expect(aside).toBeNull()
    expect(await names()).toEqual([])
  })

  it('leaves everything as it was when the new one cannot be filled', async () => {
    await fill()
    await damage(0, 5000)
    const broken = await readFile(path)
    const failing = replaceDatabase({ dataDir }, NOW, async ({ db }) => {
      await migrateUp(db)
      throw new Error('no room')
    })
    await expect(failing).rejects.toThrow('no room')
    expect(await readFile(path)).toEqual(broken)
    expect((await readdir(dataDir)).sort()).toEqual(['spends_tracker.db', 'spends_tracker.db.in-use'])
  })

  it('waits for nobody: what is in use is not replaced, and what is being replaced is not used', async () => {
    await fill()
    const letGo = holdDatabase({ dataDir })
    const andAgain = holdDatabase({ dataDir })
    const replacing = replaceDatabase({ dataDir }, NOW, async () => {})
    await expect(replacing).rejects.toThrow(DatabaseInUseError)
    letGo()
    andAgain()
    await replaceDatabase({ dataDir }, NOW, async ({ db }) => {
      expect(() => holdDatabase({ dataDir })).toThrow(DatabaseInUseError)
      await migrateUp(db)
    })
    holdDatabase({ dataDir })()
    expect(isUnavailable(new DatabaseInUseError('in use'))).toBe(false)
  })
})
