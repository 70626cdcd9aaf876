import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { connectDatabase, DatabaseUrlError } from './connect.ts'
import { describeEachEngine } from './testing.ts'

let dataDir: string
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'spends-connect-'))
})
afterEach(() => rm(dataDir, { recursive: true }))

async function opens(url: string | undefined, path: string): Promise<void> {
  const database = connectDatabase({ url, dataDir })
  expect(database.description).toBe(`sqlite:${path}`)
  await database.ping()
  await database.close()
  expect(existsSync(path)).toBe(true)
}

describe('connectDatabase', () => {
  it('uses a file in the data folder unless told otherwise', async () => {
    await opens(undefined, join(dataDir, 'spends_tracker.db'))
    await opens('  ', join(dataDir, 'spends_tracker.db'))
  })

  it('takes the path of a file in each of its forms, and makes its folder', async () => {
    const path = (name: string) => join(dataDir, 'new', name)
    await opens(path('plain.db'), path('plain.db'))
    await opens(relative('.', path('relative.db')), path('relative.db'))
    await opens(`sqlite:${path('scheme 100%.db')}`, path('scheme 100%.db'))
    await opens(`sqlite:${relative('.', path('scheme-relative.db'))}`, path('scheme-relative.db'))
    await opens(`sqlite://${path('slashes.db')}`, path('slashes.db'))
  })

  it('never tells a password', async () => {
    const url = 'postgres://ann:s3cret@db.example:5433/spends?sslpassword=s3cret'
    const database = connectDatabase({ url, dataDir })
    expect(database.description).toBe('postgres://ann@db.example:5433/spends')
    await database.close()
  })

  it.each([
    ['mysql://localhost/spends'],
    ['sqlite://relative/path.db'],
    ['sqlite:'],
    [':memory:'],
    ['sqlite::memory:'],
    ['file:/somewhere.db'],
    ['postgres://user:pass@host:notaport/x'],
    [tmpdir()],
  ])('refuses %s with a sentence that names DATABASE_URL', (url) => {
    expect(() => connectDatabase({ url, dataDir })).toThrow(DatabaseUrlError)
    expect(() => connectDatabase({ url, dataDir })).toThrow('DATABASE_URL')
  })

  it('refuses a folder that cannot be made', async () => {
    await writeFile(join(dataDir, 'file'), '')
    expect(() => connectDatabase({ url: join(dataDir, 'file', 'spends.db'), dataDir })).toThrow(DatabaseUrlError)
  })
})

describeEachEngine('a connected database', ({ name, openDatabase }) => {
  it('answers, and says where it is', async () => {
    const { ping, description } = await openDatabase()
    await expect(ping()).resolves.toBeUndefined()
    expect(description).toMatch(name === 'sqlite' ? /^sqlite:\// : /^postgres:\/\/postgres@127\.0\.0\.1:\d+\/test_/)
  })
})
