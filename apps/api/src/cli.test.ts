import { connectDatabase } from '@spends/db'
import { describeEachEngine } from '@spends/db/testing'
import { describe, expect, it } from 'vitest'
import { runProgram, spawnServer } from './testing.ts'

describeEachEngine('spends migrate', ({ createDatabaseUrl }) => {
  it('goes up, tells, goes down and up again', async () => {
    const env = { DATABASE_URL: await createDatabaseUrl({ empty: true }) }
    const migrate = async (word: string) => {
      const { code, stdout, stderr } = await runProgram('cli', ['migrate', word], env)
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      return stdout
    }

    expect(await migrate('status')).toMatch(/ {2}001-\S+ {2}pending\n(.*\n)*Migrations are pending/)
    expect(await migrate('down')).toMatch(/^Nothing to undo/)
    expect(await migrate('up')).toMatch(/^Migrated .*\n {2}001-/)
    expect(await migrate('up')).toMatch(/^Nothing to do/)
    expect(await migrate('status')).toMatch(
      / {2}001-\S+ {2}\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\n(.*\n)*The database is current/,
    )
    expect(await migrate('down')).toMatch(
      /^Undoing \d{3}-\S+ on .*and the data that only its tables hold \.\.\.\nDone\.\n$/,
    )
    expect(await migrate('status')).toContain('pending')
    expect(await migrate('up')).toMatch(/^Migrated /)
  })

  it('makes a running server not ready', async () => {
    const env = { DATABASE_URL: await createDatabaseUrl() }
    const server = await spawnServer({ env })
    await runProgram('cli', ['migrate', 'down'], env)
    const response = await fetch(`${server.url}/readyz`)
    expect(response.status).toBe(503)
    expect(response.headers.get('Retry-After')).toBe('5')
    expect(await response.text()).toContain('older than this version')
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200)
    await server.stop()
  })
})

describeEachEngine('spends stats', ({ createDatabaseUrl }) => {
  it('finds figures that are wrong, and computes them anew', async () => {
    const url = await createDatabaseUrl()
    const stats = (word: string) => runProgram('cli', ['stats', word], { DATABASE_URL: url })
    await runProgram('cli', ['demo', '--purchases', '20'], { DATABASE_URL: url, SPENDS_NOW: '2026-03-15T12:00:00Z' })
    expect(await stats('verify')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/are right\.\n$/),
      stderr: '',
    })

    const { db, close } = connectDatabase({ url, dataDir: '' })
    try {
      await db.updateTable('statistics').set({ amount: 5n }).where('kind', '=', 'purchase').execute()
      await db.deleteFrom('statistics').where('kind', '=', 'warranty').execute()
      const { revision } = await db.selectFrom('settings').select('revision').executeTakeFirstOrThrow()

      const { code, stdout } = await stats('verify')
      expect(code).toBe(1)
      expect(stdout).toMatch(/^\d of the figures of .* are wrong:\n/)
      expect(stdout).toMatch(
        /\n {2}purchase USD: \d+ rows, \d+ items, amount 5, should be \d+ rows, \d+ items, amount \d+\n/,
      )
      expect(stdout).toMatch(/\n {2}warranty USD: 0 rows, 0 items, amount 0, should be \d+ rows, 0 items, amount 0\n/)

      expect(await stats('rebuild')).toMatchObject({ code: 0, stdout: expect.stringMatching(/computed anew\.\n$/) })
      expect(await stats('verify')).toMatchObject({ code: 0 })
      // Whoever has read the wrong figures has to read them again.
      const after = await db.selectFrom('settings').select('revision').executeTakeFirstOrThrow()
      expect(after.revision).toBeGreaterThan(revision)
    } finally {
      await close()
    }
  })

  it('says that migrations are pending', async () => {
    const env = { DATABASE_URL: await createDatabaseUrl({ empty: true }) }
    expect(await runProgram('cli', ['stats', 'verify'], env)).toEqual({
      code: 1,
      stdout: '',
      stderr: 'The tables of the database are older than this version. Run the migrations.\n',
    })
  })

  it('are computed at the start of a database that has purchases but no figures', async () => {
    const env = { DATABASE_URL: await createDatabaseUrl() }
    await runProgram('cli', ['demo', '--purchases', '20'], env)
    const { db, close } = connectDatabase({ url: env.DATABASE_URL, dataDir: '' })
    await db.deleteFrom('statistics').execute()
    await close()
    await (await spawnServer({ env })).stop()
    expect(await runProgram('cli', ['stats', 'verify'], env)).toMatchObject({ code: 0 })
  })
})

describeEachEngine('spends demo', ({ createDatabaseUrl }) => {
  it('fills an empty database, the same each time, and refuses one with purchases', async () => {
    const urls = [await createDatabaseUrl({ empty: true }), await createDatabaseUrl()]
    const contents: unknown[] = []
    for (const url of urls) {
      const env = { DATABASE_URL: url, SPENDS_NOW: '2026-03-15T12:00:00Z' }
      const filled = await runProgram('cli', ['demo', '--purchases=50'], env)
      expect(filled).toMatchObject({
        code: 0,
        stdout: expect.stringContaining('50 of 50 purchases are in '),
        stderr: '',
      })
      expect(await runProgram('cli', ['demo', '--purchases', '5'], env)).toEqual({
        code: 1,
        stdout: '',
        stderr: expect.stringMatching(/^There are purchases already\. .*\n$/),
      })
      const { db, close } = connectDatabase({ url, dataDir: '' })
      const columns = ['id', 'product_name', 'price', 'quantity', 'currency_code', 'purchase_date', 'version'] as const
      contents.push(await db.selectFrom('purchases').select(columns).orderBy('id').execute())
      await close()
    }
    expect(contents[0]).toHaveLength(50)
    expect(contents[0]).toEqual(contents[1])
  })
})

describe('spends', () => {
  it.each([
    [[]],
    [['migrate']],
    [['migrate', 'sideways']],
    [['migrate', 'up', 'now']],
    [['migrate', 'toString']],
    [['seed']],
    [['stats']],
    [['stats', 'verify', 'now']],
    [['demo']],
    [['demo', '5']],
    [['demo', '--purchases']],
    [['demo', '--purchases', '0']],
    [['demo', '--purchases', '1e3']],
    [['demo', '--purchases', '10000001']],
    [['demo', '--shops', '5']],
  ])('explains itself after %j', async (words) => {
    const { code, stdout, stderr } = await runProgram('cli', words)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(/^Usage: spends COMMAND/)
  })

  it('explains itself when asked', async () => {
    const { code, stdout } = await runProgram('cli', ['--help'])
    expect(code).toBe(0)
    expect(stdout).toMatch(/^Usage: spends COMMAND/)
  })

  it('says what keeps it from working', async () => {
    expect(await runProgram('cli', ['migrate', 'up'], { DATABASE_URL: 'mysql://localhost/x' })).toEqual({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/^DATABASE_URL .*\n$/),
    })
    expect(await runProgram('cli', ['migrate', 'up'], { PORT: 'x' })).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^PORT /),
    })
  })
})
