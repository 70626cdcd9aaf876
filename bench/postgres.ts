import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { connectDatabase, migrateUp } from '@spends/db'
import Database from 'better-sqlite3'
import pg from 'pg'

/** A server for this run, without durability: what is measured is the process that talks to it. */
export interface PostgresServer {
  /** Of the server; append a database's name. */
  readonly url: string
  stop(): Promise<void>
}

const program = fileURLToPath(new URL('../packages/db/src/testing/server.ts', import.meta.url))

/** Those that are pointed at before those that point. */
const TABLES = ['retailers', 'brands', 'purchases', 'purchase_tags', 'warranties', 'settings', 'statistics'] as const
const BATCH = 5_000

export async function startPostgres(): Promise<PostgresServer> {
  const child = spawn(process.execPath, [program], { stdio: ['pipe', 'pipe', 'inherit'], detached: true })
  const exited = once(child, 'exit')
  const lines = createInterface(child.stdout)
  const [line] = await Promise.race([
    once(lines, 'line'),
    exited.then(([code]) => {
      throw new Error(`the PostgreSQL server ended with ${code}`)
    }),
  ])
  return {
    url: (JSON.parse(line) as { url: string }).url,
    async stop() {
      child.stdin.end()
      await exited
    },
  }
}

/** Makes a database with the rows of a file. @returns its address */
export async function createFilled(server: PostgresServer, name: string, file: string): Promise<string> {
  await runOn(`${server.url}postgres`, `create database ${name}`)
  const url = server.url + name
  const { db, close } = connectDatabase({ url, dataDir: '' })
  await migrateUp(db).finally(close)
  await withClient(url, async (client) => {
    const source = new Database(file, { readonly: true })
    for (const table of TABLES) await copyTable(source, client, table)
    source.close()
    await client.query('vacuum analyze')
  })
  return url
}

/** A copy with rows and indexes, and nothing that has to be kept up beside them at a write. @returns its address */
export async function createBareCopy(server: PostgresServer, name: string, template: string): Promise<string> {
  await runOn(`${server.url}postgres`, `create database ${name} template ${template} strategy file_copy`)
  await runOn(server.url + name, 'drop index purchases_search_idx')
  return server.url + name
}

async function copyTable(source: Database.Database, client: pg.Client, table: (typeof TABLES)[number]): Promise<void> {
  const { rows: columns } = await client.query<{ column_name: string; data_type: string }>(
    'select column_name, data_type from information_schema.columns where table_name = $1',
    [table],
  )
  const names = columns.map(({ column_name }) => column_name).join(', ')
  const booleans = columns.filter(({ data_type }) => data_type === 'boolean').map(({ column_name }) => column_name)
  const insert = `insert into ${table} (${names}) select ${names} from json_populate_recordset(null::${table}, $1)`
  let batch: unknown[] = []
  const store = async () => {
    await client.query(insert, [JSON.stringify(batch)])
    batch = []
  }
  for (const row of source.prepare<[], Record<string, unknown>>(`select ${names} from ${table}`).iterate()) {
    for (const name of booleans) row[name] = row[name] === 1
    if (batch.push(row) >= BATCH) await store()
  }
  await store()
}

async function runOn(url: string, statement: string): Promise<void> {
  await withClient(url, async (client) => {
    await client.query(statement)
  })
}

async function withClient(url: string, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await work(client)
  } finally {
    await client.end()
  }
}
