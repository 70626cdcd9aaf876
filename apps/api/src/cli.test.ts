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

describe('spends', () => {
  it.each([
    [[]],
    [['migrate']],
    [['migrate', 'sideways']],
    [['migrate', 'up', 'now']],
    [['migrate', 'toString']],
    [['seed']],
  ])('explains itself after %j', async (words) => {
    const { code, stdout, stderr } = await runProgram('cli', words)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(/^Usage: spends migrate/)
  })

  it('explains itself when asked', async () => {
    const { code, stdout } = await runProgram('cli', ['--help'])
    expect(code).toBe(0)
    expect(stdout).toMatch(/^Usage: spends migrate/)
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
