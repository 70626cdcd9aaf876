import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describeEachEngine } from '@spends/db/testing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { localFiles } from '../files.ts'
import { JOB_HANDLERS } from '../jobs/handlers.ts'
import { createRunner } from '../jobs/runner.ts'
import { listJobs } from '../jobs/store.ts'
import { NOTHING_GIVEN, work } from '../jobs/testing.ts'
import { updateSettings } from '../settings.ts'
import { openContext, type TestContext } from '../testing.ts'
import { BackupConfigChanges, updateBackupConfig } from './config.ts'
import { queueDueBackup } from './due.ts'
import { listBackups, readBackup } from './folder.ts'
import { getBackupStatus } from './status.ts'

describeEachEngine('scheduled backups', (engine) => {
  let ctx: TestContext
  let backups: string
  let given: typeof NOTHING_GIVEN
  beforeEach(async () => {
    ctx = await openContext(engine)
    backups = await mkdtemp(join(tmpdir(), 'spends-due-'))
    given = { ...NOTHING_GIVEN, files: localFiles(join(backups, 'uploads')), folders: { imports: backups, backups } }
    ctx.setNow('2026-03-15T12:00:00Z')
  })
  afterEach(() => rm(backups, { recursive: true }))

  const configure = (changes: object) => updateBackupConfig(ctx, BackupConfigChanges.parse(changes))
  const daily = () => configure({ schedule: 'DAILY', hour: 3 })
  const status = () => getBackupStatus({ ...ctx, folders: given.folders })

  /** Has the queue done. @returns how many backups there are then */
  async function doJobs(having = given): Promise<number> {
    const log = { info: () => {}, warn: () => {}, error: () => {} }
    const base = { ctx, handlers: JOB_HANDLERS, isContended: () => false, closeRequests: () => {}, log }
    await work(createRunner({ ...base, given: having }))
    return (await listBackups(backups)).length
  }

  it('are none without a schedule', async () => {
    expect(await queueDueBackup(ctx)).toBeUndefined()
    await configure({ keep_last: 3 })
    ctx.setNow('2027-03-15')
    expect(await queueDueBackup(ctx)).toBeUndefined()
    expect(await status()).toMatchObject({ state: 'IDLE', next_scheduled_at: null, last_backup: null })
  })

  it('are made at their hour, and once', async () => {
    await daily()
    expect((await status()).next_scheduled_at).toBe('2026-03-16T03:00:00Z')
    ctx.setNow('2026-03-16T02:59:59Z')
    expect(await queueDueBackup(ctx)).toBeUndefined()
    ctx.setNow('2026-03-16T03:00:00Z')
    expect(await queueDueBackup(ctx)).toBeDefined()
    expect(await doJobs()).toBe(1)
    expect(await queueDueBackup(ctx)).toBeUndefined()
    expect(await status()).toMatchObject({
      state: 'IDLE',
      last_backup: { trigger: 'SCHEDULED', created_at: '2026-03-16T03:00:00Z' },
      next_scheduled_at: '2026-03-17T03:00:00Z',
      total_size: expect.any(Number),
    })
  })

  it('are made at the hour of the time zone of Settings', async () => {
    await updateSettings(ctx, { time_zone: 'Asia/Tokyo' })
    await daily()
    expect((await status()).next_scheduled_at).toBe('2026-03-15T18:00:00Z')
  })

  it('are made once for all that ask at the same time', async () => {
    await daily()
    ctx.setNow('2026-03-16T03:00:10Z')
    const answers = await Promise.all(Array.from({ length: 8 }, () => queueDueBackup(ctx)))
    expect(answers.filter(Boolean)).toHaveLength(1)
    expect((await listJobs(ctx, { skip: 0, limit: 10 })).total).toBe(1)
  })

  it('that were missed are made once at the next look', async () => {
    await daily()
    ctx.setNow('2026-03-20T18:00:00Z')
    expect(await status()).toMatchObject({
      state: 'OVERDUE',
      problem: 'The backup of 2026-03-16T03:00:00Z was not made.',
    })
    expect(await queueDueBackup(ctx)).toBeDefined()
    expect(await doJobs()).toBe(1)
    expect(await queueDueBackup(ctx)).toBeUndefined()
    expect(await status()).toMatchObject({ state: 'IDLE', next_scheduled_at: '2026-03-21T03:00:00Z' })
  })

  it('are not due at once when the schedule is changed', async () => {
    await daily()
    ctx.setNow('2026-03-20T18:00:00Z')
    await configure({ hour: 17 })
    expect(await queueDueBackup(ctx)).toBeUndefined()
    expect(await status()).toMatchObject({ state: 'IDLE', next_scheduled_at: '2026-03-21T17:00:00Z' })
  })

  it('wait for a backup that is under way', async () => {
    await daily()
    ctx.setNow('2026-03-16T03:00:00Z')
    await ctx.db
      .insertInto('jobs')
      .values({
        id: '01890a5d-ac96-774b-bcce-b302099a805c',
        kind: 'RESTORE',
        status: 'RUNNING',
        done: 0,
        created_at: '2026-03-16T02:00:00Z',
      })
      .execute()
    expect(await queueDueBackup(ctx)).toBeUndefined()
    expect((await status()).state).toBe('RUNNING')
    await ctx.db.updateTable('jobs').set({ status: 'SUCCEEDED' }).execute()
    expect(await queueDueBackup(ctx)).toBeDefined()
  })

  describe('that fail', () => {
    it('show also where their folder cannot be read', async () => {
      const folder = join(backups, 'no folder')
      await writeFile(folder, '')
      const problem = `${folder} cannot be used: it is no folder.`
      const unreadable = { ...ctx, folders: { ...given.folders, backups: folder } }
      expect(await getBackupStatus(unreadable)).toMatchObject({ state: 'FAILED', problem, last_backup: null })
      await expect(listBackups(folder)).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE', message: problem })
    })

    it('hide none of the others where the record of one cannot be read, which shows', async () => {
      await daily()
      ctx.setNow('2026-03-16T03:00:00Z')
      await queueDueBackup(ctx)
      await doJobs()
      const [made] = await listBackups(backups)
      if (!made) throw new Error('It was made just now')
      // Whoever may read everything can not read a folder as a file.
      await writeFile(join(backups, 'spends-backup-20260316T040000Z.zip'), '')
      await mkdir(join(backups, 'spends-backup-20260316T040000Z.zip.json'))
      expect(await listBackups(backups)).toEqual([made])
      expect(await readBackup(backups, made.id)).toEqual(made)
      expect(await status()).toMatchObject({
        state: 'FAILED',
        problem: `Not all backups in ${backups} are known, as what stands beside them cannot be read: spends-backup-20260316T040000Z.zip.json (EISDIR).`,
        last_backup: { id: made.id },
      })
      // It hides nothing else that is wrong.
      ctx.setNow('2026-03-17T12:00:00Z')
      expect((await status()).problem).toMatch(/\(EISDIR\)\. The backup of 2026-03-17T\d\d:00:00Z was not made\.$/)
    })

    it('show until one is made', async () => {
      await daily()
      ctx.setNow('2026-03-16T03:00:00Z')
      await queueDueBackup(ctx)
      await writeFile(join(backups, 'no folder'), '')
      const blocked = join(backups, 'no folder', 'backups')
      await doJobs({ ...given, folders: { ...given.folders, backups: blocked } })
      expect(await status()).toMatchObject({
        state: 'FAILED',
        problem: `${blocked} cannot be used: it is no folder.`,
        last_backup: null,
      })
      ctx.setNow('2026-03-17T03:00:00Z')
      await queueDueBackup(ctx)
      expect(await doJobs()).toBe(1)
      expect(await status()).toMatchObject({ state: 'IDLE', problem: null })
    })
  })
})
