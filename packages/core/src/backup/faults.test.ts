import { execFile } from 'node:child_process'
import { readdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { connectDatabase } from '@spends/db'
import { describeEachEngine } from '@spends/db/testing'
import { beforeEach, expect, it, onTestFinished } from 'vitest'
import { verifyStatistics } from '../statistics/rebuild.ts'
import { addPurchase, dump } from '../testing.ts'
import { backupPath, listBackups, sweepBackups } from './folder.ts'
import type { BackupRecord } from './record.ts'
import type { Doom } from './testing/doomed-program.ts'
import { addEverything, filesOf, openWorld, type World } from './testing/world.ts'

/** Later than anything is left alone for. */
const later = () => ({ olderThanMs: 1, now: new Date(Date.now() + 60_000) })

describeEachEngine('whatever fails', (engine) => {
  let url: string
  let world: World
  /** Of the state the world was in before the one it is in. */
  let record: BackupRecord
  let old: unknown
  let current: unknown
  /** Of a file that is lost now. */
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
    ;({ sha256 } = await addEverything(world))
    old = await rows()
    record = await world.backup()
    await addPurchase(world.ctx, { product_name: 'Came later' })
    await addEverything(world, Buffer.from('came later'))
    await world.files.remove(sha256)
    current = await rows()
  })

  /** @returns the names of the steps that work takes */
  async function stepsOf(work: (step: (name: string) => void) => Promise<unknown>): Promise<string[]> {
    const names: string[] = []
    await work((name) => void names.push(name))
    return names
  }

  /** A hook that fails at a step. */
  function failingAt(at: number) {
    let steps = 0
    return (name: string) => {
      if (steps++ === at) throw new Error(`no room at step ${at}: ${name}`)
    }
  }

  it('in a backup leaves what there was, and nothing else', async () => {
    const { length } = await stepsOf((step) => world.backup({ step }))
    const backups = await listBackups(world.folder)
    const names = (await readdir(world.folder)).sort()
    for (let at = 0; at < length; at++) {
      await expect(world.backup({ step: failingAt(at) })).rejects.toThrow(`no room at step ${at}:`)
      expect((await readdir(world.folder)).sort(), `step ${at}`).toEqual(names)
    }
    expect(await listBackups(world.folder)).toEqual(backups)
    expect(await rows()).toEqual(current)
    expect(await world.backup()).toMatchObject({ file_count: 1 })
  })

  it('in a restore leaves the old data whole', async () => {
    const files = await filesOf(world)
    const names = await stepsOf((step) => world.restore(record, { step }))
    expect(names).toContain('store file')
    expect(await rows()).toEqual(old)
    await addPurchase(world.ctx, { product_name: 'Came later' })
    current = await rows()
    for (let at = 0; at < names.length; at++) {
      await world.files.remove(sha256)
      await expect(world.restore(record, { step: failingAt(at) })).rejects.toThrow(`no room at step ${at}:`)
      expect(await rows(), names[at]).toEqual(current)
      expect(await filesOf(world)).toMatchObject(files)
      expect(await readdir(world.scratch)).toEqual([])
    }
    await world.restore(record)
    expect(await rows()).toEqual(old)
  }, 60_000)

  // To a server that is only read, it does not matter who goes.
  const itOnFiles = engine.name === 'sqlite' ? it : it.skip
  itOnFiles(
    'a backup that is killed is none, and the next one is well',
    async () => {
      const backups = await listBackups(world.folder)
      const killed = await killAtEach({})
      expect(killed).toBeGreaterThan(15)
      const listed = await listBackups(world.folder)
      expect(listed.slice(1)).toEqual(backups)
      expect(listed[0]?.app_version).toBe('1')
      await sweepBackups(world.folder, later())
      const wanted = listed.flatMap(({ filename }) => [filename, `${filename}.json`])
      expect((await readdir(world.folder)).sort()).toEqual(wanted.sort())
      expect(await rows()).toEqual(current)
      for (const { id } of listed) expect((await listBackups(world.folder)).map((backup) => backup.id)).toContain(id)
    },
    120_000,
  )

  it('a restore that is killed leaves the old data or has brought the new', async () => {
    const path = backupPath(world.folder, record)
    const killed = await killAtEach({ path }, async () => expect(await rows()).toEqual(current))
    expect(killed).toBeGreaterThan(15)
    expect(await rows()).toEqual(old)
    await sweepBackups(world.scratch, later())
    expect(await readdir(world.scratch)).toEqual([])
  }, 120_000)

  /** Runs the program until it comes to its end, killed at one step later each time. @returns how often it was killed */
  async function killAtEach(doom: Pick<Doom, 'path'>, check = async () => {}): Promise<number> {
    const program = fileURLToPath(new URL('./testing/doomed-program.ts', import.meta.url))
    const { uploads, folder, scratch } = world
    for (let at = 0; ; at++) {
      const given: Doom = { url, uploads, folder, scratch, at, ...doom }
      const outcome = await promisify(execFile)(process.execPath, [
        '--conditions=@spends/source',
        program,
        JSON.stringify(given),
      ]).catch((error: unknown) => error)
      if (!(outcome instanceof Error)) return at
      expect(outcome).toMatchObject({ signal: 'SIGKILL' })
      await check()
    }
  }
})
