import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import type { TestProject } from 'vitest/node'
import { connectDatabase } from '../connect.ts'
import { migrateUp } from '../migrate.ts'

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
  const program = fileURLToPath(new URL('./server.ts', import.meta.url))
  // In a process group of its own, so that Ctrl+C does not end it before it has cleaned up.
  const server = spawn(process.execPath, [program], { stdio: ['pipe', 'pipe', 'inherit'], detached: true })
  const exited = once(server, 'exit')
  const stop = async () => {
    server.stdin.end()
    await exited
  }
  try {
    const { url, folder } = await announcement(server, server.stdout)
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

/** Runs one statement outside any database that a test uses. */
export async function runOnServer(postgresUrl: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: `${postgresUrl}postgres` })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}

async function announcement(
  server: ChildProcess,
  output: NodeJS.ReadableStream,
): Promise<{ url: string; folder: string }> {
  const stopped = once(server, 'exit').then(([code]) => {
    throw new Error(`The PostgreSQL server for tests did not start (${code})`)
  })
  stopped.catch(() => {
    // Only its coming before the announcement matters.
  })
  const [line] = await Promise.race([once(createInterface(output), 'line'), stopped])
  return JSON.parse(line)
}

async function migrate(url: string): Promise<void> {
  const database = connectDatabase({ url, dataDir: '' })
  try {
    await migrateUp(database.db)
  } finally {
    await database.close()
  }
}
