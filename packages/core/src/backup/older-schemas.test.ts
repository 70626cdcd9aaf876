import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { columnsOf, type Db, insertRows, migrateUp, type Row, SCHEMA_VERSIONS, streamRows } from '@spends/db'
import { describeEachEngine, sampleRows } from '@spends/db/testing'
import { expect, it } from 'vitest'
import { verifyStatistics } from '../statistics/rebuild.ts'
import { newManifest } from './manifest.ts'
import { planRestore } from './plan.ts'
import { verifyBackup } from './proof.ts'
import { pendingMigrations, restoreBackup } from './restore.ts'
import { tablesOf, writeLines } from './rows.ts'
import { BACKUP_TABLES, dataName, uploadName } from './tables.ts'
import { type Forged, forgeZip, sha256Of, signed } from './testing/forge.ts'
import { addEverything, filesOf, openWorld, temporaryRoot } from './testing/world.ts'

const BYTES = Buffer.from('a receipt from long ago')
const FILE = { sha256: sha256Of(BYTES), size: BYTES.length, available: true }

const OTHER_ID = '01890a5d-ac96-774b-bcce-b302099a80ff'

/** What stands beside the sample, so that the figures have something to add up. */
const SECOND_ROWS: Readonly<Record<string, Row>> = {
  purchases: { id: OTHER_ID, price: 500, currency_code: 'JPY', status: 'RECEIVED', purchase_date: '2025-12-31' },
  warranties: { id: OTHER_ID, purchase_id: OTHER_ID, warranty_end: '2027-01-31', voided_at: null },
  purchase_tags: { purchase_id: OTHER_ID },
}

/** Rows for each table of a backup that the database has, with every column that it has there. */
async function fill(db: Db): Promise<Map<string, Row[]>> {
  const filled = new Map<string, Row[]>()
  for (const [table, sample] of sampleRows) {
    const columns = await columnsOf(db, table)
    if (columns.length === 0 || !BACKUP_TABLES.some(({ name }) => name === table)) continue
    const row = { ...sample, ...(table === 'attachments' ? FILE : {}) }
    const second = SECOND_ROWS[table]
    const rows = [row, ...(second ? [{ ...row, ...second }] : [])].map((whole) =>
      Object.fromEntries(Object.entries(whole).filter(([column]) => columns.includes(column))),
    )
    for (const given of rows) expect(Object.keys(given).sort(), table).toEqual(columns)
    await insertRows(db, table, rows)
    filled.set(table, rows)
  }
  return filled
}

/** A backup as a version of that schema has written it. */
async function writeOld(db: Db, schema_version: string, path: string): Promise<void> {
  const entries: Forged[] = [{ name: uploadName(FILE.sha256), bytes: BYTES }]
  const row_counts: Record<string, number> = {}
  for (const table of await tablesOf(db)) {
    const bytes = await buffer(writeLines(db, table))
    row_counts[table.name] = bytes.toString().split('\n').length - 1
    entries.push({ name: dataName(table.name), bytes, deflated: true })
  }
  const facts = { app_version: '0.0.1', engine: 'any', created_at: '2025-01-31T03:00:00Z', trigger: 'MANUAL' } as const
  const nothing = { revision: 0, missing_files: 0, warnings: [], entries: [] }
  await forgeZip(path, signed(newManifest({ ...facts, ...nothing, schema_version, row_counts }), entries))
}

/** All that a backup is about. */
async function rowsOf(db: Db): Promise<Record<string, Row[]>> {
  const found: Record<string, Row[]> = {}
  for (const { name, columns, order } of await tablesOf(db)) {
    found[name] = []
    for await (const rows of streamRows(db, name, { columns, order, size: 100 })) found[name].push(...rows)
  }
  return found
}

describeEachEngine('a backup made on', (from) => {
  describeEachEngine('and restored to', (to) => {
    // What crosses over shows all that staying would.
    it.each(from.name === to.name ? SCHEMA_VERSIONS.slice(0, 1) : SCHEMA_VERSIONS)(
      'with schema %s arrives as if the database itself had been updated',
      async (schema) => {
        const root = await temporaryRoot()
        const path = join(root, 'old.zip')
        const { db } = await from.openDatabase({ schema })
        const filled = await fill(db)
        await writeOld(db, schema, path)
        const world = await openWorld(to)
        await addEverything(world)

        expect(await verifyBackup(path, { ...world, now: new Date() })).toMatchObject({ problems: [] })
        const migrations = pendingMigrations(schema)
        expect(await planRestore({ ...world, path })).toMatchObject({ schema_version: schema, migrations })
        expect(await restoreBackup({ ...world, path })).toMatchObject({ migrations, files: { total: 1, added: 1 } })

        await migrateUp(db)
        const restored = await rowsOf(world.ctx.db)
        expect(restored).toEqual(await rowsOf(db))
        for (const { name, without = [] } of BACKUP_TABLES) {
          const rows = (filled.get(name) ?? []).map((row) => {
            return Object.fromEntries(Object.entries(row).filter(([column]) => !without.includes(column)))
          })
          expect(restored[name], name).toEqual(rows.map((row) => expect.objectContaining(row)))
        }
        expect(await verifyStatistics(world.ctx)).toEqual([])
        expect(await filesOf(world)).toMatchObject({ [FILE.sha256]: BYTES.toString() })
        // What has arrived is data like any other.
        expect(await world.backup()).toMatchObject({ schema_version: SCHEMA_VERSIONS.at(-1), file_count: 1 })
      },
    )
  })
})
