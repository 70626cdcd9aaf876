import { execFile } from 'node:child_process'
import { cpSync, rmSync } from 'node:fs'
import { mkdir, readdir, rm, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isDeepStrictEqual, promisify } from 'node:util'
import { connectDatabase } from '@spends/db'
import { describeEachEngine, testFolder } from '@spends/db/testing'
import { beforeEach, expect, it, onTestFinished } from 'vitest'
import { hashBlob, setLost } from '../attachments/availability.ts'
import { sweepFiles } from '../attachments/sweep.ts'
import { verifyStatistics } from '../statistics/rebuild.ts'
import { watchingSteps } from '../testing/steps.ts'
import { addPurchase, dump } from '../testing.ts'
import { readBlobList } from './destinations/blob-list.ts'
import { listCopies, pruneCopies } from './destinations/copies.ts'
import { copyBackup } from './destinations/copy.ts'
import { folderDestination } from './destinations/folder.ts'
import { backupPath, listBackups, sweepBackups } from './folder.ts'
import type { BackupRecord } from './record.ts'
import { hashFile } from './temporary.ts'
import type { Doom } from './testing/doomed-program.ts'
import { type Doomed, WORK, type WorkName } from './testing/doomed-work.ts'
import { addEverything, openWorld, type World } from './testing/world.ts'

const run = promisify(execFile)
type Failed = Error & { stdout: string }

/** Later than anything is left alone for. */
const LATER = new Date(Date.now() + 48 * 60 * 60 * 1000)

/*
 * A step is a call of Node's file system or of a driver, wherever in the code it is made: all of them are counted, and
 * any of them is made to fail, or to be the last thing that a process does.
 */
describeEachEngine('whatever fails', (engine) => {
  let url: string
  let world: World
  let copies: string
  /** Of the state the world was in before the one it is in, of which a file is lost now. */
  let record: BackupRecord
  let old: unknown
  let current: unknown
  /** Of the file. */
  let sha256: string
  const rows = async () => [await dump(world.ctx), await verifyStatistics(world.ctx)]

  beforeEach(async () => {
    url = await engine.createDatabaseUrl()
    const openDatabase = async () => {
      const database = connectDatabase({ url, dataDir: '' })
      onTestFinished(database.close)
      return database
    }
    world = await openWorld({ ...engine, openDatabase })
    copies = join(world.folder, '..', 'copies')
    await mkdir(copies)
    await mkdir(world.scratch)
    ;({ sha256 } = await addEverything(world))
    old = await rows()
    record = await world.backup()
    await addPurchase(world.ctx, { product_name: 'Came later' })
    await addEverything(world, Buffer.from('came later'))
    await lose(sha256)
    current = await rows()
  })

  async function lose(sha256: string): Promise<void> {
    await world.files.remove(sha256)
    await setLost(world.ctx, world.files, sha256)
  }

  const doomed = (what: string): Doomed => ({ ...world, copies, what })

  /** Does work again and again, of which one step fails, a later one each time. @returns how many steps there are */
  async function failAtEach(
    name: WorkName,
    {
      what = () => '',
      before,
      after,
    }: { what?: (attempt: number) => string; before?: () => Promise<void>; after: Check },
  ): Promise<number> {
    // Hundreds of steps: each run takes a third of them, another one each time, and says which one it was.
    const stride = name === 'upload' ? 1 : 3
    for (let at = Math.floor(Math.random() * stride); ; at += stride) {
      await before?.()
      let steps = 0
      let failed: string | undefined
      const failing = watchingSteps(
        (step) => {
          // What goes on in files is the same for every engine.
          if (engine.name === 'postgres' && !step.startsWith('pg: ')) return false
          if (steps++ !== at) return false
          failed = step
          return true
        },
        () => WORK[name](doomed(what(at))),
      )
      const isDone = await failing.then(
        () => true,
        () => false,
      )
      await after(isDone, `step ${at}: ${failed}`)
      if (failed !== undefined) continue
      expect(isDone).toBe(true)
      return steps
    }
  }

  type Check = (isDone: boolean, where: string) => Promise<void>

  /** Runs the program until it comes to its end, killed at a later step each time. @returns how often it was killed */
  async function killAtEach(work: WorkName, what: string, check: (where: string) => Promise<void>): Promise<number> {
    const { uploads, folder, scratch } = world
    const program = fileURLToPath(new URL('./testing/doomed-program.ts', import.meta.url))
    const env = { ...process.env, NODE_COMPILE_CACHE: join(testFolder(), 'compiled') }
    let kills = 0
    for (let from = 0; ; ) {
      const doom: Doom = { url, uploads, folder, scratch, copies, work, what, from }
      const flags = ['--conditions=@spends/source', program, JSON.stringify(doom)]
      const outcome = await run(process.execPath, flags, { env }).catch((error: Failed) => error)
      if (!(outcome instanceof Error)) return kills
      expect(outcome).toMatchObject({ signal: 'SIGKILL', stdout: expect.stringMatching(/^\d+$/) })
      kills += 1
      await check(`killed at step ${outcome.stdout}`)
      from = Number(outcome.stdout) + 1
    }
  }

  /** Whatever is listed and named is there, to the byte. */
  async function expectWhole(where: string): Promise<void> {
    for (const backup of await listBackups(world.folder)) {
      expect(await hashFile(backupPath(world.folder, backup)), where).toBe(backup.sha256)
    }
    const named = world.ctx.db.selectFrom('attachments').select(['sha256', 'size']).where('available', '=', true)
    for (const row of await named.execute()) expect(await hashBlob(world.files, row.sha256), where).toEqual(row)
  }

  /** Clears away what a crash has left, as a server does. @returns the names that remain */
  async function sweep(): Promise<string[]> {
    for (const folder of [world.folder, world.scratch]) await sweepBackups(folder, { olderThanMs: 1, now: LATER })
    await sweepFiles(world.ctx, world.files, { graceMs: 0, now: LATER })
    await pruneCopies(folderDestination(copies), { now: LATER })
    const names: string[] = []
    for (const root of [world.folder, world.scratch, world.uploads, copies]) {
      const found = await readdir(root, { recursive: true, withFileTypes: true })
      names.push(...found.filter((entry) => entry.isFile()).map((entry) => entry.name))
    }
    return names.sort()
  }

  /** The names of what is listed and named, and of no other file. */
  async function wanted(): Promise<string[]> {
    const backups = (await listBackups(world.folder)).flatMap(({ filename }) => [filename, `${filename}.json`])
    const destination = folderDestination(copies)
    const copied = await listCopies(destination)
    const blobs = await Promise.all(copied.map((copy) => readBlobList(destination, copy)))
    const named = await world.ctx.db
      .selectFrom('attachments')
      .select('sha256')
      .distinct()
      .where('available', '=', true)
      .execute()
    return [
      ...backups,
      ...copied.flatMap(({ filename }) => [filename, `${filename}.json`, `${filename}.blobs`]),
      ...new Set(blobs.flatMap((list) => list?.map((blob) => blob.sha256) ?? [])),
      ...named.map(({ sha256 }) => sha256),
    ].sort()
  }

  it('at any step of an upload: what was acknowledged is there, what was not is not', {
    timeout: 300_000,
  }, async () => {
    let attachments = await countAttachments()
    const steps = await failAtEach('upload', {
      what: (attempt) => `receipt ${attempt}`,
      after: async (isDone, where) => {
        attachments += isDone ? 1 : 0
        expect(await countAttachments(), where).toBe(attachments)
        await expectWhole(where)
        expect(await readdir(join(world.uploads, 'tmp')), where).toEqual([])
      },
    })
    expect(steps).toBeGreaterThan(engine.name === 'sqlite' ? 25 : 8)
    expect(await countAttachments()).toBe(attachments)
    await expectWhole('at the end')
    expect(await sweep()).toEqual(await wanted())
  })

  it('an upload that is killed leaves a file with its row, or nothing', { timeout: 300_000 }, async () => {
    const killed = await killAtEach('upload', 'a receipt', async (where) => {
      await expectWhole(where)
      expect(await verifyStatistics(world.ctx)).toEqual([])
    })
    expect(killed).toBeGreaterThan(3)
    expect(await countAttachments()).toBe(3)
    expect(await sweep()).toEqual(await wanted())
  })

  it('at any step of a backup: it is whole or not there, and nothing else is', { timeout: 300_000 }, async () => {
    const before = (await readdir(world.folder)).sort()
    const steps = await failAtEach('backup', {
      after: async (isDone, where) => {
        await expectWhole(where)
        if (isDone) expect(await sweep(), where).toEqual(await wanted())
        else expect((await readdir(world.folder)).sort(), where).toEqual(before)
        for (const { filename } of (await listBackups(world.folder)).slice(0, -1)) {
          for (const name of [filename, `${filename}.json`]) await rm(join(world.folder, name))
        }
      },
    })
    expect(steps).toBeGreaterThan(engine.name === 'sqlite' ? 200 : 25)
    expect(await rows()).toEqual(current)
    expect(await listBackups(world.folder)).toHaveLength(1)
  })

  it('at any step of a restore: the old data or the new, whole', { timeout: 300_000 }, async () => {
    const path = backupPath(world.folder, record)
    const steps = await failAtEach('restore', {
      what: () => record.filename,
      before: async () => {
        if (isDeepStrictEqual(await rows(), old)) await addPurchase(world.ctx, { product_name: 'Came later' })
        await lose(sha256)
        current = await rows()
      },
      after: async (isDone, where) => {
        // It may fail after it has brought the new data, when it tidies up.
        const found = await rows()
        expect(found, where).toEqual(isDone || isDeepStrictEqual(found, old) ? old : current)
        await expectWhole(where)
        if (isDone) expect(await sweep(), where).toEqual(await wanted())
        else expect(await readdir(world.scratch), where).toEqual([])
      },
    })
    expect(steps).toBeGreaterThan(engine.name === 'sqlite' ? 200 : 40)
    expect(await hashFile(path)).toBe(record.sha256)
    expect(await rows()).toEqual(old)
    expect(await sweep()).toEqual(await wanted())
  })

  it('a restore that is killed leaves the old data or has brought the new', { timeout: 300_000 }, async () => {
    let expected = current
    const killed = await killAtEach('restore', record.filename, async (where) => {
      const found = await rows()
      if (isDeepStrictEqual(found, old)) expected = old
      expect(found, where).toEqual(expected)
      await expectWhole(where)
    })
    expect(killed).toBeGreaterThan(5)
    expect(await rows()).toEqual(old)
    expect(await sweep()).toEqual(await wanted())
  })

  async function countAttachments(): Promise<number> {
    return (await world.ctx.db.selectFrom('attachments').select('id').execute()).length
  }

  // To a server that is only read, it does not matter who goes; copies and the folder are the same for every engine.
  if (engine.name === 'postgres') return

  it('a backup that is killed is none, and the next one is well', { timeout: 300_000 }, async () => {
    const killed = await killAtEach('backup', '', expectWhole)
    expect(killed).toBeGreaterThan(8)
    expect(await rows()).toEqual(current)
    expect(await sweep()).toEqual(await wanted())
  })

  it('at any step of what follows on a backup: whatever is still listed is whole', { timeout: 300_000 }, async () => {
    const { before, after } = await addSuperfluous()
    const steps = await failAtEach('prune', { before, after: (_, where) => after(where) })
    expect(steps).toBeGreaterThan(100)
    expect(await sweep()).toEqual(await wanted())
  })

  it('whoever is killed while he clears away leaves whole what he leaves', { timeout: 300_000 }, async () => {
    const { after, last } = await addSuperfluous()
    const killed = await killAtEach('prune', '', after)
    expect(killed).toBeGreaterThan(10)
    expect(await listBackups(world.folder)).toEqual([last])
    expect(await listCopies(folderDestination(copies))).toMatchObject([{ id: last.id }])
    expect(await sweep()).toEqual(await wanted())
  })

  /** Backups of two days, of which the first and its copy are superfluous, as are the files that only they have. */
  async function addSuperfluous() {
    const { ctx, folder, scratch } = world
    await rm(folder, { recursive: true })
    const destination = folderDestination(copies)
    ctx.setNow('2026-03-14')
    await addEverything(world, Buffer.from('only for a day'))
    const made = await world.backup()
    await copyBackup({ destination, folder, record: made, now: ctx.now(), scratch })
    await ctx.db.deleteFrom('attachments').execute()
    await addEverything(world, Buffer.from('new'))
    ctx.setNow('2026-03-15')
    const last = await world.backup()
    const aged = new Date('2026-03-10T00:00:00Z')
    for (const name of await readdir(copies, { recursive: true })) await utimes(join(copies, name), aged, aged)
    const kept = join(folder, '..', 'kept')
    for (const [from, to] of [
      [folder, 'folder'],
      [copies, 'copies'],
    ] as const) {
      cpSync(from, join(kept, to), { recursive: true, preserveTimestamps: true })
    }
    return {
      last,
      async before() {
        for (const [to, from] of [
          [folder, 'folder'],
          [copies, 'copies'],
        ] as const) {
          rmSync(to, { recursive: true })
          cpSync(join(kept, from), to, { recursive: true, preserveTimestamps: true })
        }
      },
      async after(where: string) {
        await expectWhole(where)
        expect((await listBackups(folder))[0], where).toEqual(last)
        for (const copy of await listCopies(destination)) {
          expect(await hashFile(join(copies, 'backups', copy.filename)), where).toBe(copy.kept_sha256)
          const blobs = await readBlobList(destination, copy)
          for (const blob of blobs ?? [{ sha256: 'none' }]) {
            expect(await hashBlob(destination.blobs, blob.sha256), where).toEqual(blob)
          }
        }
      },
    }
  }
})
