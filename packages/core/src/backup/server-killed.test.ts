import { randomUUID } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { connectDatabase, migrateUp } from '@spends/db'
import { runOnServer, startServer, type TestServer } from '@spends/db/testing/start-server'
import { sql } from 'kysely'
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { INTERRUPTED } from '../jobs/failure.ts'
import { JOB_HANDLERS } from '../jobs/handlers.ts'
import type { Runner } from '../jobs/runner.ts'
import type { Job } from '../jobs/shapes.ts'
import { getJob } from '../jobs/store.ts'
import { createTestRunner, NOTHING_GIVEN, work } from '../jobs/testing.ts'
import { verifyStatistics } from '../statistics/rebuild.ts'
import { watchingSteps } from '../testing/steps.ts'
import { addPurchase, dump } from '../testing.ts'
import { backupPath, listBackups } from './folder.ts'
import { backupHandler } from './jobs.ts'
import type { BackupRecord } from './record.ts'
import { type BackupContext, startBackup, startRestore } from './requests.ts'
import { hashFile } from './temporary.ts'
import { addEverything, openWorld, type World } from './testing/world.ts'

/*
 * All processes of the server are gone before a statement is sent to it, and come back on what they have left. Whatever
 * waits for an answer that never comes would let a test run into its time limit.
 */
describe('a PostgreSQL server that is killed', () => {
  let server: TestServer
  let world: World
  let ctx: BackupContext
  let runner: Runner
  /** Of the state before the current one. */
  let record: BackupRecord
  let old: unknown
  let current: unknown
  const rows = async () => [await dump(world.ctx), await verifyStatistics(world.ctx)]

  beforeAll(async () => {
    server = await startServer({
      // What is committed has left the processes of the server; a crash of the machine is not what is tested.
      synchronous_commit: 'local',
      full_page_writes: 'on',
      // For commits that ask for more than that: there is no such server.
      synchronous_standby_names: 'nobody',
      wal_level: 'replica',
      max_wal_senders: '1',
    })
    await runOnServer(server.url, `create database ${TEMPLATE}`)
    const template = connectDatabase({ url: server.url + TEMPLATE, dataDir: '' })
    await migrateUp(template.db)
    await template.close()
  })
  afterAll(() => server.stop())

  beforeEach(async () => {
    world = await openWorld({ name: 'postgres', openDatabase, createDatabaseUrl })
    const { files, folder } = world
    const given = { ...NOTHING_GIVEN, files, folders: { imports: world.scratch, backups: folder } }
    ctx = { ...world.ctx, ...given, jobs: { poke: () => {} }, stopping: new AbortController().signal }
    runner = createTestRunner(ctx, backupHandler, { handlers: JOB_HANDLERS, given }).runner
    await addEverything(world)
    old = await rows()
    record = await world.backup()
    await addPurchase(world.ctx, { product_name: 'Came later' })
    await addEverything(world, Buffer.from('came later'))
    current = await rows()
  })

  async function createDatabaseUrl(): Promise<string> {
    const name = `test_${randomUUID().replaceAll('-', '')}`
    await runOnServer(server.url, `create database ${name} template ${TEMPLATE}`)
    return server.url + name
  }

  async function openDatabase() {
    const database = connectDatabase({ url: await createDatabaseUrl(), dataDir: '', pool: { max: 5 } })
    onTestFinished(database.close)
    return database
  }

  /**
   * Does a job of which the server does not see a statement, nor any after it, until the job has ended without it.
   * @param isTime is asked before each statement
   * @returns the job as it stands once the server is back
   */
  async function killDuring(start: () => Promise<Job>, isTime: (statement: string) => boolean): Promise<Job> {
    const { id } = await start()
    let isKilled = false
    const watcher = (step: string) => {
      if (!isKilled && isTime(step)) {
        isKilled = true
        server.kill()
      }
      return false
    }
    await watchingSteps(watcher, () => work(runner))
    expect(isKilled).toBe(true)
    await expectNothingUnfinished()
    await server.restart()
    return takenUp(id)
  }

  /** As `killDuring`: the server commits the result of the job, but is killed before it has said so. */
  async function killUnanswered(start: () => Promise<Job>): Promise<Job> {
    const { db } = world.ctx
    await sql`
      create function wait_for_nobody() returns trigger language plpgsql
      as $$ begin perform set_config('synchronous_commit', 'on', true); return new; end $$`.execute(db)
    await sql`
      create trigger wait_for_nobody before update of result on jobs
      for each row when (new.status = 'RUNNING') execute function wait_for_nobody()`.execute(db)
    const { id } = await start()
    const ended = work(runner)
    const waiting = sql`select 1 from pg_stat_activity where datname = current_database() and wait_event = 'SyncRep'`
    while ((await waiting.execute(db)).rows.length === 0);
    server.kill()
    await ended
    await expectNothingUnfinished()
    await server.restart()
    await sql`drop function wait_for_nobody cascade`.execute(db)
    return takenUp(id)
  }

  /** What becomes of a job that was cut off. */
  async function takenUp(id: string): Promise<Job> {
    await work(runner)
    await expectNothingUnfinished()
    return getJob(ctx, { id })
  }

  /** All files of the folder are those of backups that were proven, and to the byte what was proven. */
  async function expectNothingUnfinished(): Promise<void> {
    const { folder } = world
    const entries = await readdir(folder, { recursive: true, withFileTypes: true })
    const names = entries.filter((entry) => entry.isFile()).map(({ name }) => name)
    const backups = await listBackups(folder)
    expect(names.sort()).toEqual(backups.flatMap(({ filename }) => [filename, `${filename}.json`]).sort())
    for (const backup of backups) expect(await hashFile(backupPath(folder, backup))).toBe(backup.sha256)
  }

  async function expectWell(start: () => Promise<Job>): Promise<void> {
    const { id } = await start()
    await work(runner)
    expect(await getJob(ctx, { id })).toMatchObject({ status: 'SUCCEEDED' })
    await expectNothingUnfinished()
  }

  const backup = () => startBackup(ctx, {})
  const restore = () => startRestore(ctx, { backup_id: record.id }, {})
  const interrupted = { status: 'INTERRUPTED', error: INTERRUPTED.message }

  /** A cursor hands over 1000 at once. */
  async function addLostFiles(count: number): Promise<void> {
    const { id } = await world.ctx.db.selectFrom('purchases').select('id').limit(1).executeTakeFirstOrThrow()
    await sql`
      insert into attachments (id, purchase_id, kind, filename, mime_type, size, sha256, available, created_at)
      select gen_random_uuid(), ${id}, 'RECEIPT', 'lost.pdf', 'application/pdf', 1,
        encode(sha256(n::text::bytea), 'hex'), true, '2026-03-01T10:00:00Z'
      from generate_series(1, ${count}::integer) as n`.execute(world.ctx.db)
  }

  it.each([
    ['reads the names of files', inOrder(PAGE), 0],
    ['has read some names of files', inOrder(PAGE, PAGE), 1001],
    ['reads rows', inOrder(PURCHASES), 0],
  ])('while a backup %s interrupts it, and the next one is well', async (_, isTime, more) => {
    await addLostFiles(more)
    current = await rows()
    expect(await killDuring(backup, isTime)).toMatchObject(interrupted)
    expect(await listBackups(world.folder)).toEqual([record])
    expect(await rows()).toEqual(current)
    await expectWell(backup)
    expect(await listBackups(world.folder)).toHaveLength(2)
  })

  it('while a backup that is proven commits its result leaves it where it is', async () => {
    expect(await killDuring(backup, inOrder(RESULT, COMMIT))).toMatchObject(interrupted)
    expect(await listBackups(world.folder)).toHaveLength(2)
    await expectWell(backup)
  })

  it('before it has answered the commit of a backup has no backup lost that the job names', async () => {
    const { status, result } = await killUnanswered(backup)
    expect(status).toBe('SUCCEEDED')
    expect((await listBackups(world.folder)).map(({ id }) => id)).toEqual([(result as { id: string }).id, record.id])
  })

  it.each([
    ['makes its restore point', inOrder(PURCHASES)],
    ['checks the rows of the backup', inOrder(/^file: select distinct/, /^file: insert into "purchases"/)],
    ['fills the tables', inOrder(/^pg: insert into "attachments"/)],
    ['commits', inOrder(RESULT, COMMIT)],
  ])('while a restore %s leaves the old data, and the next one is well', async (_, isTime) => {
    expect(await killDuring(restore, isTime)).toMatchObject(interrupted)
    expect(await rows()).toEqual(current)
    await expectWell(restore)
    expect(await rows()).toEqual(old)
  })

  it('after the commit of a restore has brought the new data, and the job says so', async () => {
    const isTime = inOrder(RESULT, COMMIT, /^pg: update "jobs"/)
    expect(await killDuring(restore, isTime)).toMatchObject({ status: 'SUCCEEDED', error: null })
    expect(await rows()).toEqual(old)
    await expectWell(backup)
  })

  it('before it has answered the commit of a restore has brought the new data', async () => {
    expect(await killUnanswered(restore)).toMatchObject({ status: 'SUCCEEDED', error: null })
    expect(await rows()).toEqual(old)
  })
})

const TEMPLATE = 'migrated'

const PAGE = /^pg: next page/
const PURCHASES = /^pg: select "brand_id", "created_at"/
/** In the transaction that ends a job. */
const RESULT = /^pg: update "jobs" set "result"/
const COMMIT = /^pg: commit/

/** Finds the last of these statements, each of which comes somewhere after the one before it. */
function inOrder(...statements: RegExp[]): (statement: string) => boolean {
  let found = 0
  return (statement) => {
    if (statements[found]?.test(statement)) found += 1
    return found === statements.length
  }
}
