import { readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import type { RetailersTable } from '@spends/db'
import { describeEachEngine } from '@spends/db/testing'
import { type Insertable, sql } from 'kysely'
import { beforeEach, expect, it } from 'vitest'
import { sweepFiles } from '../attachments/sweep.ts'
import { inTransaction } from '../context.ts'
import type { BlobStore } from '../files.ts'
import { listPurchases } from '../purchases/read.ts'
import { PURCHASE_COLUMNS } from '../purchases/record.ts'
import { PurchaseFilter } from '../purchases/shapes.ts'
import { verifyStatistics } from '../statistics/rebuild.ts'
import { addPurchase, changePurchase, dump, openContext } from '../testing.ts'
import { backupPath, deleteBackup, listBackups, readBackup, sweepBackups } from './folder.ts'
import { planRestore } from './plan.ts'
import { inspectBackup, verifyBackup, verifyListed } from './proof.ts'
import type { RestoreOptions } from './restore.ts'
import { uploadName } from './tables.ts'
import { sha256Of } from './testing/forge.ts'
import { addEverything, attach, filesOf, openWorld, type World } from './testing/world.ts'

describeEachEngine('a backup', (engine) => {
  let world: World
  let file: { sha256: string }
  beforeEach(async () => {
    world = await openWorld(engine)
    file = await addEverything(world)
  })
  const blobPath = (sha256: string) => join(world.uploads, sha256.slice(0, 2), sha256.slice(2, 4), sha256)

  it('is listed with what is known of it', async () => {
    const stages: string[] = []
    const record = await world.backup({ onProgress: (stage) => void (stages.at(-1) === stage || stages.push(stage)) })
    expect(stages).toEqual(['snapshot', 'rows', 'files', 'manifest', 'proof', 'listed'])
    const bytes = await readFile(backupPath(world.folder, record))
    expect(record).toMatchObject({
      filename: 'spends-backup-20260315T120000Z.zip',
      created_at: '2026-03-15T12:00:00Z',
      verified_at: '2026-03-15T12:00:00Z',
      trigger: 'MANUAL',
      app_version: '1.2.3',
      encrypted: false,
      size: bytes.length,
      sha256: sha256Of(bytes),
      file_count: 1,
      missing_files: 0,
      warnings: [],
      row_counts: { purchases: 1, purchase_tags: 3, warranties: 1, attachments: 1, settings: 1, import_mappings: 0 },
    })
    expect((await stat(backupPath(world.folder, record))).mode & 0o077).toBe(0)
    expect(await listBackups(world.folder)).toEqual([record])
    expect(await readBackup(world.folder, record.id)).toEqual(record)
    expect((await readdir(world.folder)).sort()).toEqual([record.filename, `${record.filename}.json`])
  })

  it('has a name of its own, also in the same second, and the newest comes first', async () => {
    const [first, second] = [await world.backup(), await world.backup()]
    expect(second.filename).toBe('spends-backup-20260315T120000Z-2.zip')
    expect((await listBackups(world.folder)).map(({ id }) => id)).toEqual([second.id, first.id])
    await deleteBackup(world.folder, first.id)
    expect((await readdir(world.folder)).sort()).toEqual([second.filename, `${second.filename}.json`])
    await expect(readBackup(world.folder, first.id)).rejects.toMatchObject({ code: 'NOT_FOUND' })
  })

  it.each([
    ['missing', (path: string) => rm(path), 'are lost'],
    ['altered', (path: string) => writeFile(path, 'the Receipt'), 'are not those'],
    ['cut off', (path: string) => truncate(path, 3), 'are not those'],
    ['longer', (path: string) => writeFile(path, 'the receipt and more'), 'are not those'],
  ])('is made without a file that is %s, and says so', async (_, damage, words) => {
    const kept = await attach(world, (await addPurchase(world.ctx)).id, Buffer.from('the manual'))
    await damage(blobPath(file.sha256))
    const record = await world.backup()
    expect(record).toMatchObject({ file_count: 1, missing_files: 1, warnings: [expect.stringContaining(words)] })
    expect(record.warnings[0]).toContain('"Rechnung 中.pdf"')
    const { entries } = await inspectBackup(backupPath(world.folder, record), world)
    expect(entries.map(({ name }) => name)).toContain(uploadName(kept.sha256))
    expect(entries.map(({ name }) => name)).not.toContain(uploadName(file.sha256))
    await world.restore(record)
    const rows = world.ctx.db.selectFrom('attachments').select(['sha256', 'available'])
    expect(await rows.where('available', '=', false).execute()).toEqual([{ sha256: file.sha256, available: false }])
  })

  it('is of one moment, whatever is written meanwhile', async () => {
    const before = await dump(world.ctx)
    const record = await world.backup({
      step: async (name) => {
        if (name === 'write retailers') {
          const { id } = await addPurchase(world.ctx, { product_name: 'Came later' })
          await attach(world, id, Buffer.from('came later'))
          await world.ctx.db.deleteFrom('warranties').execute()
        }
        if (name === 'add attachments') await world.ctx.db.deleteFrom('purchases').execute()
      },
    })
    expect(record).toMatchObject({ file_count: 1, missing_files: 0 })
    await world.restore(record)
    expect(await dump(world.ctx)).toEqual(before)
  })

  it('can be encrypted, and then nobody opens it without the passphrase', async () => {
    const before = [await dump(world.ctx), await filesOf(world)]
    const passphrase = 'correct horse battery staple'
    const record = await world.backup({ passphrase })
    expect(record).toMatchObject({ encrypted: true, filename: 'spends-backup-20260315T120000Z.zip.age', file_count: 1 })
    const path = backupPath(world.folder, record)
    const bytes = await readFile(path)
    expect(bytes.toString('latin1')).toMatch(/^age-encryption\.org\/v1\n-> scrypt /)
    expect(bytes.includes('manifest')).toBe(false)
    for (const wrong of [undefined, 'correct horse']) {
      const refused = inspectBackup(path, { scratch: world.scratch, passphrase: wrong })
      await expect(refused).rejects.toMatchObject({
        code: 'UNPROCESSABLE_CONTENT',
        errors: [{ path: 'passphrase', message: expect.any(String) }],
      })
    }
    await world.restore(record, { passphrase })
    expect([await dump(world.ctx), await filesOf(world)]).toEqual(before)
    bytes[bytes.length - 100] = (bytes[bytes.length - 100] ?? 0) ^ 1
    await writeFile(path, bytes)
    await expect(world.restore(record, { passphrase })).rejects.toMatchObject({ code: 'BAD_REQUEST' })
    expect(await readdir(world.scratch)).toEqual([])
  })

  it('stops when it is told to, and leaves nothing', async () => {
    const stop = new AbortController()
    const onProgress = (stage: string) => {
      if (stage === 'proof') stop.abort(new Error('cancelled'))
    }
    await expect(world.backup({ signal: stop.signal, onProgress })).rejects.toThrow('cancelled')
    expect(await readdir(world.folder)).toEqual([])
  })

  it('is found out when it is damaged later, and when it is whole again', async () => {
    const record = await world.backup()
    const path = backupPath(world.folder, record)
    const bytes = await readFile(path)
    const options = { scratch: world.scratch, now: new Date('2026-04-01T00:00:00Z') }
    const damaged = Buffer.from(bytes)
    damaged[100] = (damaged[100] ?? 0) ^ 1
    await writeFile(path, damaged)
    expect(await verifyListed(world.folder, record.id, options)).toEqual({
      verified_at: null,
      problems: [expect.stringContaining('SHA-256')],
    })
    expect(await verifyBackup(path, options)).toMatchObject({ verified_at: null, problems: [expect.any(String)] })
    expect(await listBackups(world.folder)).toEqual([{ ...record, verified_at: null }])
    await writeFile(path, bytes)
    const proven = { verified_at: '2026-04-01T00:00:00Z', problems: [] }
    expect(await verifyListed(world.folder, record.id, options)).toEqual(proven)
    expect(await listBackups(world.folder)).toEqual([{ ...record, verified_at: proven.verified_at }])
  })

  it('is no backup without a record that fits', async () => {
    const record = await world.backup()
    const path = join(world.folder, `${record.filename}.json`)
    await writeFile(join(world.folder, 'a.partial.zip'), 'x')
    for (const text of ['', '{', '{}', JSON.stringify({ ...record, filename: '../other.zip' })]) {
      await writeFile(path, text)
      expect(await listBackups(world.folder)).toEqual([])
    }
    await rm(path)
    expect(await sweepBackups(world.folder, { olderThanMs: 60_000 })).toEqual([])
    const later = new Date(Date.now() + 120_000)
    const removed = await sweepBackups(world.folder, { olderThanMs: 60_000, now: later })
    expect(removed.sort()).toEqual(['a.partial.zip', record.filename])
    expect(await readdir(world.folder)).toEqual([])
  })

  it('holds rows that are packed so well that they look like a trap', async () => {
    const notes = 'a'.repeat(10_000)
    const { id } = await addPurchase(world.ctx)
    const columns = [...PURCHASE_COLUMNS, 'sort_key', 'price_key', 'search_text'] as const
    const row = await world.ctx.db
      .selectFrom('purchases')
      .select(columns)
      .where('id', '=', id)
      .executeTakeFirstOrThrow()
    for (let batch = 0; batch < 36; batch++) {
      const rows = Array.from({ length: 200 }, (_, index) => ({
        ...row,
        id: `01890000-0000-7000-8000-${String(batch * 200 + index).padStart(12, '0')}`,
        notes,
      }))
      await world.ctx.db.insertInto('purchases').values(rows).execute()
    }
    const record = await world.backup()
    expect(record.row_counts.purchases).toBe(7202)
    expect(record.size).toBeGreaterThan(64 * 2 ** 20)
    expect((await verifyBackup(backupPath(world.folder, record), { ...world, now: new Date() })).problems).toEqual([])
  }, 60_000)
})

describeEachEngine('a restore', (engine) => {
  let world: World
  beforeEach(async () => {
    world = await openWorld(engine)
    await addEverything(world)
  })

  it('says beforehand what it would change', async () => {
    const record = await world.backup()
    const { sha256 } = await addEverything(world, Buffer.from('another'))
    await world.files.remove(sha256Of(Buffer.from('the receipt')))
    const before = await dump(world.ctx)
    const path = backupPath(world.folder, record)
    const plan = await planRestore({ ...world, path })
    expect(plan).toMatchObject({
      created_at: record.created_at,
      app_version: '1.2.3',
      trigger: 'MANUAL',
      schema_version: record.schema_version,
      migrations: [],
      files: { total: 1, to_add: 1, bytes_to_add: 11 },
      warnings: [],
    })
    expect(plan.tables).toMatchObject({ purchases: { now: 2, after: 1 }, purchase_tags: { now: 6, after: 3 } })
    expect(await dump(world.ctx)).toEqual(before)
    expect(await world.files.has(sha256)).toBe(true)
    const blind = await planRestore({ ...world, ctx: null, path })
    expect(blind.tables.purchases).toEqual({ now: null, after: 1 })
  })

  it('mends files that were lost or altered', async () => {
    const before = await filesOf(world)
    const record = await world.backup()
    const { sha256 } = { sha256: sha256Of(Buffer.from('the receipt')) }
    await writeFile(join(world.uploads, sha256.slice(0, 2), sha256.slice(2, 4), sha256), 'the Receipt')
    expect(await world.restore(record)).toMatchObject({ files: { total: 1, added: 1 } })
    expect(await filesOf(world)).toEqual(before)
    expect(await world.restore(record)).toMatchObject({ files: { total: 1, added: 0 } })
  })

  it('has its files also where a sweep takes them before rows name them', async () => {
    const record = await world.backup()
    const kept = await filesOf(world)
    await world.ctx.db.deleteFrom('attachments').execute()
    const transact: RestoreOptions['transact'] = async (work) => {
      const later = new Date(Date.now() + 1000)
      expect(await sweepFiles(world.ctx, world.files, { graceMs: 0, now: later })).toMatchObject({ removed: 1 })
      await inTransaction(world.ctx, work)
    }
    await world.restore(record, { transact })
    expect(await filesOf(world)).toEqual(kept)
  })

  it('leaves jobs as they are, but nothing they did can be undone into it', async () => {
    const record = await world.backup()
    const job = { id: '01890a5d-ac96-774b-bcce-b302099a805c', created_at: '2026-03-01T00:00:00Z' }
    const { db } = world.ctx
    await db
      .insertInto('jobs')
      .values({ ...job, kind: 'IMPORT', status: 'SUCCEEDED', done: 0 })
      .execute()
    await db
      .insertInto('job_changes')
      .values({ job_id: job.id, entity: 'purchase', entity_id: job.id, before: null, stamp: '1' })
      .execute()
    const { revision } = await db.selectFrom('settings').select('revision').executeTakeFirstOrThrow()
    await world.restore(record)
    expect(await db.selectFrom('jobs').select('id').execute()).toEqual([{ id: job.id }])
    expect(await db.selectFrom('job_changes').selectAll().execute()).toEqual([])
    const after = await db.selectFrom('settings').select('revision').executeTakeFirstOrThrow()
    expect(after.revision).toBeGreaterThan(revision)
  })

  it('gives an instance that goes on working: it is searched, changed and backed up', async () => {
    const record = await world.backup()
    await world.restore(record)
    const { ctx } = world
    const row = await ctx.db.selectFrom('purchases').select(['id', 'version']).executeTakeFirstOrThrow()
    await changePurchase(ctx, { id: row.id, product_name: 'Wassermühle' })
    for (const [search, total] of [
      ['wassermü', 1],
      ['espresso m', 0],
    ] as const) {
      expect((await listPurchases(ctx, PurchaseFilter.parse({ search }))).total).toBe(total)
    }
    expect((await world.backup()).content_hash).not.toBe(record.content_hash)
  })

  it('of a database that was never started on gives what every instance begins with', async () => {
    const { db } = await engine.openDatabase()
    const fresh = await dump(await openContext(engine))
    const retailer = (name: string) => fresh.retailers?.find((row) => (row as { name: string }).name === name)
    await db
      .insertInto('retailers')
      .values({ ...(retailer('IKEA') as Insertable<RetailersTable>), id: '01890a5d-ac96-774b-bcce-b302099a80ff' })
      .execute()
    const record = await world.backup({ ctx: { ...world.ctx, db } })
    expect(record.row_counts).toMatchObject({ settings: 0, retailers: 1 })
    expect(await world.restore(record)).toMatchObject({ row_counts: { settings: 1, purchases: 0 } })
    const restored = await dump(world.ctx)
    expect({ ...restored, retailers: [] }).toEqual({ ...fresh, retailers: [] })
    const names = (rows: unknown[] = []) => rows.map((row) => (row as { name: string }).name).sort()
    expect(names(restored.retailers)).toEqual(names(fresh.retailers))
    expect(restored.retailers).toContainEqual({ ...(retailer('IKEA') as object), id: expect.stringMatching(/80ff$/) })
    expect(await world.backup()).toMatchObject({ row_counts: { settings: 1 } })
  })

  it('says of each attachment whether its bytes are there, and reads none of them twice', async () => {
    const texts = ['the receipt', 'came back', 'came back altered', 'stays lost']
    const [kept, back, altered, lost] = texts.map((text) => ({ sha256: sha256Of(Buffer.from(text)), text }))
    if (!kept || !back || !altered || !lost) throw new Error('They were made')
    const { id } = await addPurchase(world.ctx)
    for (const { text } of [back, back, altered, lost]) await attach(world, id, Buffer.from(text))
    for (const { sha256 } of [back, altered, lost]) await world.files.remove(sha256)
    // As imports do that know a size from hearsay.
    const [first] = await world.ctx.db
      .selectFrom('attachments')
      .select('id')
      .where('sha256', '=', back.sha256)
      .execute()
    await world.ctx.db
      .updateTable('attachments')
      .set({ size: 1 })
      .where('id', '=', first?.id ?? '')
      .execute()
    const record = await world.backup()
    expect(record).toMatchObject({ missing_files: 3 })
    await world.files.put(Readable.from([Buffer.from(back.text)]))
    await world.files.put(Readable.from([Buffer.from(altered.text)]))
    const path = join(world.uploads, altered.sha256.slice(0, 2), altered.sha256.slice(2, 4), altered.sha256)
    await writeFile(path, 'came back Altered')

    const opened: string[] = []
    const { files } = world
    const counting: BlobStore = {
      ...files,
      open: (sha256) => {
        opened.push(sha256)
        return files.open(sha256)
      },
      openBlob: (sha256) => {
        opened.push(sha256)
        return files.openBlob(sha256)
      },
    }
    await world.restore(record, { files: counting })
    const rows = await world.ctx.db.selectFrom('attachments').select(['sha256', 'size', 'available']).execute()
    expect(new Set(rows)).toEqual(
      new Set([
        { sha256: kept.sha256, size: kept.text.length, available: true },
        { sha256: back.sha256, size: back.text.length, available: true },
        { sha256: back.sha256, size: back.text.length, available: true },
        { sha256: altered.sha256, size: altered.text.length, available: false },
        { sha256: lost.sha256, size: lost.text.length, available: false },
      ]),
    )
    expect(opened.sort()).toEqual([...new Set(opened)])
    expect(await verifyStatistics(world.ctx)).toEqual([])
  })

  it('happens in the transaction it is given', async () => {
    const record = await world.backup()
    await addPurchase(world.ctx)
    const before = await dump(world.ctx)
    const transact: RestoreOptions['transact'] = async (work) => {
      await world.ctx.db.transaction().execute(async (db) => {
        await work({ ...world.ctx, db })
        throw new Error('no more')
      })
    }
    await expect(world.restore(record, { transact })).rejects.toThrow('no more')
    expect(await dump(world.ctx)).toEqual(before)
  })

  if (engine.name === 'postgres') {
    it.each(['write purchases', 'add attachments'])('and a backup outlive a server that goes at "%s"', async (step) => {
      const kill = async () => {
        const others = sql`pid <> pg_backend_pid() and datname = current_database()`
        await sql`select pg_terminate_backend(pid) from pg_stat_activity where ${others}`.execute(world.ctx.db)
      }
      const before = await dump(world.ctx)
      const failing = world.backup({ step: (name) => (name === step ? kill() : undefined) })
      if (step === 'write purchases') await expect(failing).rejects.toThrow()
      else await failing
      const record = await world.backup()
      await addPurchase(world.ctx)
      await expect(
        world.restore(record, { step: (name) => (name === 'fill purchases' ? kill() : undefined) }),
      ).rejects.toThrow()
      expect((await dump(world.ctx)).purchases).toHaveLength(2)
      await world.restore(record)
      expect(await dump(world.ctx)).toEqual(before)
    })
  }
})
