import { randomUUID } from 'node:crypto'
import { copyFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, describe, inject } from 'vitest'
import { connectDatabase, type DatabaseHandle } from './connect.ts'
import type { Engine } from './dialect.ts'
import { migrateUp } from './migrate.ts'
import { migrations } from './migrations/index.ts'
import { runOnServer } from './testing/start-server.ts'

export { sampleRows } from './testing/sample-rows.ts'

export interface TestEngine {
  name: Engine
  /**
   * A fresh migrated database, closed and removed after the test; after the suite if `beforeAll` asked for it.
   * @param options.schema the last migration that it has run, where that is an older one
   */
  openDatabase(options?: { schema?: string }): Promise<DatabaseHandle>
  /** The DATABASE_URL of such a database, for other processes; with `empty`, one that was never migrated. */
  createDatabaseUrl(options?: { empty?: boolean }): Promise<string>
}

/** A folder that goes when all tests are over. */
export function testFolder(): string {
  return inject('testDatabases').folder
}

/**
 * Runs a suite on each engine, the real ones:
 *
 *     describeEachEngine('brands', ({ openDatabase }) => {
 *       it('begins empty', async () => {
 *         const { db } = await openDatabase()
 *         ...
 */
export function describeEachEngine(name: string, suite: (engine: TestEngine) => void): void {
  for (const engine of engines) {
    describe(`${name} (${engine.name})`, () => {
      const leftBySuite: Cleanup[] = []
      const leftByTest: Cleanup[] = []
      let left = leftBySuite
      beforeEach(() => {
        left = leftByTest
      })
      afterEach(() => cleanUp(leftByTest))
      afterEach(() => {
        left = leftBySuite
      })
      afterAll(() => cleanUp(leftBySuite))

      const createDatabaseUrl: TestEngine['createDatabaseUrl'] = async (options) => {
        const { url, remove } = await engine.create(options?.empty ?? false)
        left.push(remove)
        return url
      }
      const openDatabase: TestEngine['openDatabase'] = async ({ schema } = {}) => {
        const url = await createDatabaseUrl({ empty: schema !== undefined })
        const database = connectDatabase({ url, dataDir: '', pool: { max: 5 } })
        left.push(database.close)
        if (schema !== undefined) await migrateUp(database.db, upTo(schema))
        return database
      }
      suite({ name: engine.name, openDatabase, createDatabaseUrl })
    })
  }
}

function upTo(schema: string) {
  const last = migrations.findIndex(({ name }) => name === schema)
  if (last < 0) throw new Error(`There is no schema ${schema}`)
  return migrations.slice(0, last + 1)
}

type Cleanup = () => Promise<void>

/** Last made, first removed: connections before the database they lead to. */
async function cleanUp(left: Cleanup[]): Promise<void> {
  for (const remove of left.splice(0).reverse()) await remove()
}

interface Maker {
  name: Engine
  create(empty: boolean): Promise<{ url: string; remove: Cleanup }>
}

const engines: readonly Maker[] = [
  {
    name: 'sqlite',
    async create(empty) {
      const { folder, sqliteTemplate } = inject('testDatabases')
      const path = join(folder, `${randomUUID()}.db`)
      if (!empty) await copyFile(sqliteTemplate, path)
      return {
        url: `sqlite:${path}`,
        remove: async () => {
          for (const suffix of ['', '-wal', '-shm']) await rm(path + suffix, { force: true })
        },
      }
    },
  },
  {
    name: 'postgres',
    async create(empty) {
      const { postgresUrl, postgresTemplate } = inject('testDatabases')
      const name = `test_${randomUUID().replaceAll('-', '')}`
      const template = empty ? 'template0' : postgresTemplate
      await runOnServer(postgresUrl, `create database ${name} template ${template} strategy file_copy`)
      return {
        url: postgresUrl + name,
        remove: () => runOnServer(postgresUrl, `drop database ${name} with (force)`),
      }
    },
  },
]
