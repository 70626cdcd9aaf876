import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { findViolations } from './boundaries.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'spends-boundaries-'))
})
afterEach(() => rmSync(root, { recursive: true }))

/** What is said about a file with this text, as `line rule`. */
function check(file: string, source: string): string[] {
  const path = join(root, file)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, source)
  return findViolations(root).map(({ line, rule }) => `${line} ${rule}`)
}

describe('boundaries', () => {
  it.each([
    ['packages/db/src/a.ts', `import { z } from 'zod'`, 'zod may not be imported here'],
    ['packages/db/src/a.ts', `import '@spends/core'`, '@spends/core may not be imported here'],
    ['packages/core/src/a.ts', `import { Hono } from 'hono'`, 'hono may not be imported here'],
    ['packages/core/src/a.ts', `export * from '@trpc/server'`, '@trpc/server may not be imported here'],
    ['packages/core/src/a.ts', `export { Pool } from 'pg'`, 'pg may not be imported here'],
    [
      'packages/core/src/a.ts',
      `const driver = await import('better-sqlite3')`,
      'better-sqlite3 may not be imported here',
    ],
    ['packages/core/src/a.ts', `let app: import('hono').Hono`, 'hono may not be imported here'],
    ['packages/core/src/a.ts', `import type { Env } from '@spends/api/router'`, '@spends/api may not be imported here'],
    ['packages/core/src/a.ts', `import { x } from '@spends/db/testing'`, '@spends/db/testing is for tests'],
    [
      'apps/api/src/a.ts',
      `import { x } from '@spends/core/testing/s3-server'`,
      '@spends/core/testing/s3-server is for tests',
    ],
    ['apps/api/src/routers/a.ts', `import { openDb } from '@spends/db'`, '@spends/db may not be imported here'],
    ['apps/api/src/main.ts', `import { sql } from 'kysely'`, 'kysely may not be imported here'],
    ['apps/api/src/a.ts', 'const rows = sql`select 1`', 'SQL is written in packages only'],
    ['apps/web/src/a.ts', `import { Purchase } from '@spends/core'`, '@spends/core may not be imported here'],
    ['packages/client/src/a.ts', `import ms from 'ms'`, 'ms may not be imported here'],
    [
      'packages/client/src/a.ts',
      `import { type A } from '@spends/api/router'`,
      'only the types of @spends/api may be imported here',
    ],
    ['packages/client/src/a.ts', `import { join } from 'node:path'`, 'node:path is not there in a browser'],
    [
      'apps/api/src/a.test.ts',
      `import '../../../packages/core/src/money.ts'`,
      '../../../packages/core/src/money.ts leaves the package; import it by name',
    ],
    ['apps/api/src/a.ts', `const port = process.env.PORT`, 'process.env is read in apps/api/src/env.ts only'],
    ['packages/db/src/a.ts', `const { HOME } = process['env']`, 'process.env is read in apps/api/src/env.ts only'],
    ['packages/core/src/a.ts', `// SQLite cannot do that`, 'only packages/db knows the word SQLite'],
    ['apps/api/src/a.ts', `const url = 'postgres://'`, 'only packages/db knows the word postgres'],
  ])('%s may not say %s', (file, source, rule) => {
    expect(check(file, `\n${source}\n`)).toContain(`2 ${rule}`)
  })

  it.each([
    [
      'packages/db/src/engines/a.ts',
      `import { sql } from 'kysely'\nimport Sqlite from 'better-sqlite3'\nsql\`select 1\``,
    ],
    [
      'packages/core/src/a.ts',
      `import { db } from '@spends/db'\nimport { createHash } from 'node:crypto'\nimport './b.ts'`,
    ],
    ['packages/core/src/a.ts', `// import 'hono', process.env\nconst text = "import 'hono'; process.env"`],
    [
      'packages/core/src/a.test.ts',
      `import { describeEachEngine } from '@spends/db/testing'\nprocess.env.TZ = 'UTC' // postgres`,
    ],
    ['apps/api/src/main.ts', `import { openDb } from '@spends/db'\nimport { Hono } from 'hono'`],
    ['apps/api/src/env.ts', `const all = process.env`],
    [
      'packages/client/src/a.ts',
      `import type { AppRouter } from '@spends/api/router'\nimport { x } from '@trpc/client'`,
    ],
  ])('%s may say %s', (file, source) => {
    expect(check(file, source)).toEqual([])
  })

  it('says what it could not read', () => {
    expect(check('packages/core/src/a.ts', 'const = 1')[0]).toMatch(/^1 cannot be parsed/)
  })

  it('names the file', () => {
    check('apps/api/src/a.ts', `import 'pg'`)
    expect(findViolations(root)).toEqual([{ file: 'apps/api/src/a.ts', line: 1, rule: 'pg may not be imported here' }])
  })
})
