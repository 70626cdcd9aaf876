import { copyFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describeEachEngine } from '@spends/db/testing'
import { beforeEach, expect, it } from 'vitest'
import { newId } from '../context.ts'
import type { JobHandler } from '../jobs/handler.ts'
import { enqueueJob } from '../jobs/store.ts'
import { createTestRunner, NOTHING_GIVEN, statusOf, work } from '../jobs/testing.ts'
import { backupPath, draftRecord, listBackups, sweepBackups, sweepOwn } from './folder.ts'
import { backupHandler } from './jobs.ts'
import { PARTIAL } from './temporary.ts'
import { openWorld, type World } from './testing/world.ts'

const LATER = new Date(Date.now() + 48 * 60 * 60 * 1000)

describeEachEngine('what is left of a backup that fails', (engine) => {
  let world: World
  beforeEach(async () => {
    world = await openWorld(engine)
  })

  /** Has a server make a backup that fails when it is written and before it is listed. */
  async function failAsJob(): Promise<void> {
    const { ctx, files, folder, scratch } = world
    const failing: JobHandler = {
      ...backupHandler,
      run: (job) =>
        backupHandler.run({
          ...job,
          progress: async (stage) => {
            if (stage === 'listed') throw new Error('No more')
          },
        }),
    }
    const given = { ...NOTHING_GIVEN, files, folders: { imports: scratch, backups: folder } }
    const id = await enqueueJob(ctx, 'BACKUP', { trigger: 'MANUAL' })
    await work(createTestRunner(ctx, failing, { handlers: { BACKUP: failing }, given }).runner)
    expect(await statusOf(ctx, id)).toBe('FAILED')
  }

  it.each(['hash backup', 'write record'])('is cleared away, and nothing of a program that is at "%s"', async (at) => {
    const record = await world.backup({ step: (name) => (name === at ? failAsJob() : undefined) })
    expect(await listBackups(world.folder)).toEqual([record])
    expect((await readdir(world.folder)).sort()).toEqual([record.filename, `${record.filename}.json`])
    await world.restore(record)
  })

  // What lies in a folder is the same for every engine.
  if (engine.name === 'postgres') return

  it('and of a process that has ended is its own alone, until it is old', async () => {
    const { folder } = world
    const [mine, other] = [newId(), newId()]
    const proven = await world.backup()
    const unlisted = async (owner: string, filename: string) => {
      await copyFile(backupPath(folder, proven), join(folder, filename))
      await draftRecord(join(folder, `${owner}.1${PARTIAL}.record`), { ...proven, id: owner, filename })
      await copyFile(backupPath(folder, proven), join(folder, `${owner}.1${PARTIAL}.zip`))
    }
    await unlisted(mine, 'spends-backup-20260301T000000Z.zip')
    await unlisted(other, 'spends-backup-20260302T000000Z.zip')
    const kept = [proven.filename, `${proven.filename}.json`]
    await sweepOwn(folder, mine)
    expect((await readdir(folder)).sort()).toEqual(
      [...kept, 'spends-backup-20260302T000000Z.zip', `${other}.1${PARTIAL}.record`, `${other}.1${PARTIAL}.zip`].sort(),
    )
    await sweepBackups(folder, { olderThanMs: 60_000, now: LATER })
    expect((await readdir(folder)).sort()).toEqual(kept)
  })

  it('is not a backup that is listed, whatever a draft says of it', async () => {
    const { folder } = world
    const proven = await world.backup()
    const owner = newId()
    await draftRecord(join(folder, `${owner}.1${PARTIAL}.record`), proven)
    await sweepOwn(folder, owner)
    expect(await listBackups(folder)).toEqual([proven])
    expect((await readdir(folder)).sort()).toEqual([proven.filename, `${proven.filename}.json`])
  })
})
