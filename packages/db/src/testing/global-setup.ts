import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { connectDatabase } from '../connect.ts'
import { migrateUp } from '../migrate.ts'
import { runOnServer, startServer } from './start-server.ts'

declare module 'vitest' {
  interface ProvidedContext {
    testDatabases: TestDatabases
  }
}

/** Where tests copy their databases from. */
export interface TestDatabases {
  /** Of the server; append a database's name. */
  postgresUrl: string
  /** A migrated database on it that nobody connects to. */
  postgresTemplate: string
  /** For database files; removed with everything in it at the end of the run. */
  folder: string
  /** A migrated database file. */
  sqliteTemplate: string
}

/** Starts the run's PostgreSQL server and makes one migrated database of each engine to copy. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { url, folder, stop } = await startServer()
  try {
    const files = join(folder, 'sqlite')
    await mkdir(files)
    const databases: TestDatabases = {
      postgresUrl: url,
      postgresTemplate: 'spends_template',
      folder: files,
      sqliteTemplate: join(files, 'template.db'),
    }
    await runOnServer(url, `create database ${databases.postgresTemplate}`)
    await migrate(databases.sqliteTemplate)
    await migrate(url + databases.postgresTemplate)
    project.provide('testDatabases', databases)
    return stop
  } catch (error) {
    await stop()
    throw error
  }
}

async function migrate(url: string): Promise<void> {
  const database = connectDatabase({ url, dataDir: '' })
  try {
    await migrateUp(database.db)
  } finally {
    await database.close()
  }
}
