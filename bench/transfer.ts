import { deepStrictEqual } from 'node:assert/strict'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'

import Database from 'better-sqlite3'
import { copyBareDatabase, copyDatabase } from './databases.ts'
import { receive, send, sendFile } from './load.ts'
import { type Measured, summarise } from './measure.ts'
import type { Moved } from './report.ts'
import type { Target } from './rows.ts'
import { type Server, startBareTransfer, startOurs } from './server.ts'

const EXPORT = '/api/export/csv'
const IMPORT = '/api/import/csv'

/** Work that moves all purchases, once a turn. */
export interface TransferRow {
  name: string
  /** @param folder for copies. @returns microseconds for one purchase */
  measure(file: string, purchases: number, folder: string): Promise<Measured>
  target: Target
}

export const TRANSFER_ROWS: readonly TransferRow[] = [
  { name: 'export CSV', measure: measureExport, target: { atLeast: 0.8 } },
  { name: 'import CSV, everything derived', measure: measureImport, target: { atLeast: 0.6 } },
]

const EXPORT_ROUNDS = 9
const IMPORT_ROUNDS = 3

async function measureExport(file: string, purchases: number, folder: string): Promise<Measured> {
  const ours = await startOurs(await copyDatabase(file, join(folder, 'export-ours.db')))
  const bare = await startBareTransfer(await copyDatabase(file, join(folder, 'export-bare.db')))
  try {
    // These compile the code as well.
    deepStrictEqual(await receive(ours.url, EXPORT), await receive(bare.url, EXPORT))
    const turn = (server: Server) => cpuOf(server, purchases, () => receive(server.url, EXPORT))
    return summarise(await inTurns(EXPORT_ROUNDS, [() => turn(ours), () => turn(bare)]))
  } finally {
    await ours.stop()
    await bare.stop()
  }
}

/** Both begin anew each time: a process, and a file that has the tables only. */
async function measureImport(file: string, purchases: number, folder: string): Promise<Measured> {
  const table = join(folder, 'import.csv')
  await exportTable(file, table, folder)
  const emptied = await emptyBareDatabase(file, join(folder, 'import-empty.db'))

  const ours = async () => {
    const place = await mkdtemp(join(folder, 'import-'))
    const path = join(place, 'ours.db')
    const server = await startOurs(path, place)
    const cost = await cpuOf(server, purchases, () => importTable(server, table, purchases)).finally(server.stop)
    deepStrictEqual(totalsOf(path), totalsOf(file))
    await rm(place, { recursive: true })
    return cost
  }
  const bare = async () => {
    const path = await copyDatabase(emptied, join(folder, 'import-bare.db'))
    const server = await startBareTransfer(file)
    await fetch(server.url, { method: 'PUT' })
    const cost = await cpuOf(server, purchases, () => send(server.url, { method: 'POST', path })).finally(server.stop)
    deepStrictEqual(totalsOf(path), totalsOf(file))
    return cost
  }
  return summarise(await inTurns(IMPORT_ROUNDS, [ours, bare]))
}

/** The peak of each size, and what the largest one takes of it; sizes come in ascending order. */
export async function measureTransferMemory(
  sizes: readonly number[],
  file: (size: number) => string,
  folder: string,
): Promise<Moved[]> {
  const exports: Moved[] = []
  const imports: Moved[] = []
  for (const purchases of sizes) {
    const table = join(folder, `memory-${purchases}.csv`)
    const exported = await exportTable(file(purchases), table, folder)
    const [smallest] = exports
    const ratio = smallest === undefined ? {} : { ratio: exported / smallest.peak }
    const atMost = smallest === undefined ? undefined : { atMost: 1.3 }
    exports.push({ name: 'export CSV', purchases, peak: exported, target: atMost, ...ratio })

    const place = join(folder, `memory-${purchases}`)
    await mkdir(place)
    const server = await startOurs(join(place, 'import.db'), place)
    try {
      await importTable(server, table, purchases)
      const { peak } = await server.memory()
      imports.push({ name: 'import CSV', purchases, peak, target: { atMost: 200 } })
    } finally {
      await server.stop()
      await rm(place, { recursive: true })
      await rm(table)
    }
  }
  return [...exports, ...imports]
}

/** Writes all purchases of a database to a file. @returns what the process needed at most, in MB */
async function exportTable(file: string, table: string, folder: string): Promise<number> {
  const copy = await copyDatabase(file, join(folder, 'export.db'))
  const server = await startOurs(copy)
  try {
    await receive(server.url, EXPORT, table)
    return (await server.memory()).peak
  } finally {
    await server.stop()
    await rm(copy)
  }
}

async function importTable({ url }: Server, table: string, purchases: number): Promise<void> {
  const { created, failed } = (await sendFile(url, IMPORT, table)) as { created: number; failed: number }
  deepStrictEqual({ created, failed }, { created: purchases, failed: 0 })
}

/** Tables, indexes, retailers and brands of a database, and no purchases. */
async function emptyBareDatabase(file: string, copy: string): Promise<string> {
  await copyBareDatabase(file, copy)
  const db = new Database(copy)
  for (const table of ['warranties', 'purchase_tags', 'purchases', 'statistics']) db.exec(`delete from ${table}`)
  db.exec('vacuum')
  db.close()
  return copy
}

/** What must be the same in both, of rows whose ids may differ. */
function totalsOf(path: string): unknown {
  const db = new Database(path, { readonly: true })
  try {
    return db
      .prepare(
        `select (select count(*) from purchases) as purchases, (select sum(price * quantity) from purchases) as total,
          (select count(*) from purchase_tags) as tags, (select count(*) from warranties) as warranties`,
      )
      .get()
  } finally {
    db.close()
  }
}

/** @returns microseconds of CPU for one purchase */
async function cpuOf(server: Server, purchases: number, work: () => Promise<unknown>): Promise<number> {
  const before = await server.cpuTime()
  await work()
  return ((await server.cpuTime()) - before) / purchases
}

async function inTurns(rounds: number, sides: readonly (() => Promise<number>)[]): Promise<number[][]> {
  const measured: number[][] = []
  while (measured.length < rounds) {
    const costs: number[] = []
    for (const side of sides) costs.push(await side())
    measured.push(costs)
  }
  return measured
}
