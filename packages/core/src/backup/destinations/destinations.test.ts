import { randomBytes } from 'node:crypto'
import { chmod, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describeEachEngine, type TestEngine } from '@spends/db/testing'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { type S3TestServer, startS3Server } from '../../testing/s3-server.ts'
import { addPurchase, dump, refusalOf } from '../../testing.ts'
import { backupPath } from '../folder.ts'
import type { BackupRecord } from '../record.ts'
import { hashFile } from '../temporary.ts'
import { addEverything, attach, filesOf, openWorld, temporaryRoot, type World } from '../testing/world.ts'
import { deleteCopy, listCopies, pruneCopies, readCopy } from './copies.ts'
import { type CopyBackupOptions, copyBackup } from './copy.ts'
import type { BackupDestination } from './destination.ts'
import { fetchCopy } from './fetch.ts'
import { openDestination } from './place.ts'
import { testDestination } from './try.ts'

const NOW = new Date('2026-03-15T12:00:00Z')
const LATER = new Date('2030-01-01T00:00:00Z')

interface TestPlace {
  destination: BackupDestination
  /** Names below the place, ordered. */
  names(): Promise<string[]>
  read(name: string): Promise<Buffer>
  plant(name: string, bytes: Buffer): Promise<void>
  remove(name: string): Promise<void>
}

async function openFolder(): Promise<TestPlace & { root: string }> {
  const root = join(await temporaryRoot(), 'disk')
  await mkdir(root)
  return {
    root,
    destination: await openDestination(root),
    names: async () => {
      const found = await readdir(root, { recursive: true, withFileTypes: true })
      const files = found.filter((entry) => entry.isFile())
      return files.map(({ parentPath, name }) => join(parentPath, name).slice(root.length + 1)).sort()
    },
    read: (name) => readFile(join(root, name)),
    plant: (name, bytes) => writeFile(join(root, name), bytes),
    remove: (name) => rm(join(root, name)),
  }
}

async function openBucket(): Promise<TestPlace & { server: S3TestServer }> {
  const server = await startS3Server()
  onTestFinished(server.close)
  const { objects, credentials } = server
  const prefix = 'house hold/'
  return {
    server,
    destination: await openDestination(placeOf(server), { credentials }),
    names: async () => [...objects.keys()].map((key) => key.slice(prefix.length)).sort(),
    read: async (name) => objects.get(prefix + name)?.bytes ?? Buffer.alloc(0),
    plant: async (name, bytes) => {
      objects.set(prefix + name, { bytes, etag: '"planted"', modifiedAt: new Date() })
    },
    remove: async (name) => void objects.delete(prefix + name),
  }
}

function placeOf({ bucket, url, region }: Pick<S3TestServer, 'bucket' | 'url' | 'region'>): string {
  return `s3://${bucket}/house hold?region=${region}&endpoint=${url}`
}

/** Two worlds of one engine: data, and a fresh instance to restore into. */
async function copyTo(place: TestPlace, world: World, record: BackupRecord, options: Partial<CopyBackupOptions> = {}) {
  const { folder, scratch } = world
  return copyBackup({ destination: place.destination, folder, record, now: NOW, scratch, ...options })
}

async function fetchTo(place: TestPlace, world: World, id: string): Promise<string> {
  const path = join(await temporaryRoot(), 'fetched.zip')
  const copy = await readCopy(place.destination, id)
  await fetchCopy({ destination: place.destination, copy, path, scratch: world.scratch })
  return path
}

function behaviour(open: () => Promise<TestPlace>, engine: TestEngine) {
  let place: TestPlace
  let world: World
  beforeEach(async () => {
    place = await open()
    world = await openWorld(engine)
    await addEverything(world)
  })

  it('keeps what a machine needs that has nothing else: rows and files come back as they were', async () => {
    const { id } = await addPurchase(world.ctx)
    await attach(world, id, randomBytes(6 * 1024 ** 2))
    const record = await world.backup()
    await copyTo(place, world, record)
    const [before, files] = [await dump(world.ctx), await filesOf(world)]

    const other = await openWorld(engine)
    const path = await fetchTo(place, world, record.id)
    // The same bytes, not only the same data.
    expect(await hashFile(path)).toBe(record.sha256)
    await other.restore(record, { path })
    expect(await dump(other.ctx)).toEqual(before)
    expect(await filesOf(other)).toEqual(files)
    expect(await readdir(world.scratch)).toEqual([])
  })

  // The rest does not depend on where the rows come from.
  if (engine.name === 'postgres') return

  it('sends only the rows when no file has changed', async () => {
    const bytes = randomBytes(1024 ** 2)
    const { id } = await addPurchase(world.ctx)
    const { sha256 } = await attach(world, id, bytes)
    const first = await world.backup()
    await copyTo(place, world, first)
    const blob = `blobs/${sha256.slice(0, 2)}/${sha256.slice(2, 4)}/${sha256}`
    const sizes: number[] = []
    const put = place.destination.blobs.put
    place.destination.blobs.put = (...args) => {
      sizes.push(1)
      return put(...args)
    }

    await addPurchase(world.ctx)
    world.ctx.setNow('2026-03-16')
    const second = await world.backup()
    const copy = await copyTo(place, world, second)
    expect(sizes).toEqual([])
    expect(copy.kept_size).toBeLessThan(64 * 1024)
    expect((await place.names()).filter((name) => name === blob)).toHaveLength(1)
    expect(await listCopies(place.destination)).toMatchObject([{ id: second.id }, { id: first.id }])
  })

  it('sends a file again whose copy was cut off', async () => {
    const { sha256 } = await attach(world, (await addPurchase(world.ctx)).id, randomBytes(1000))
    const blob = `blobs/${sha256.slice(0, 2)}/${sha256.slice(2, 4)}/${sha256}`
    await copyTo(place, world, await world.backup())
    const whole = await place.read(blob)
    await place.plant(blob, whole.subarray(0, 500))
    world.ctx.setNow('2026-03-16')
    await copyTo(place, world, await world.backup())
    expect(await place.read(blob)).toEqual(whole)
  })

  it('does not list a copy that was stopped at any step, and finishes it the next time', async () => {
    const record = await world.backup()
    const steps: string[] = []
    await copyTo(place, world, record, { step: (name) => void steps.push(name) })
    await deleteCopy(place.destination, record.id)
    expect(steps.length).toBeGreaterThan(6)
    for (let failing = 0; failing < steps.length; failing += 1) {
      await pruneCopies(place.destination, { now: LATER })
      expect(await place.names()).toEqual([])
      let step = 0
      const fail = () => {
        if (step++ === failing) throw new Error(`no ${steps[failing]}`)
      }
      await expect(copyTo(place, world, record, { step: fail })).rejects.toThrow(/^no /)
      expect(await listCopies(place.destination)).toEqual([])
      expect(await readdir(world.scratch)).toEqual([])
    }
    const copy = await copyTo(place, world, record)
    expect(await listCopies(place.destination)).toEqual([copy])
  })

  it('copies an encrypted backup as it is, so that no byte lies there in the open', async () => {
    const record = await world.backup({ passphrase: 'correct horse' })
    await copyTo(place, world, record)
    expect(await place.names()).toEqual([`backups/${record.filename}`, `backups/${record.filename}.json`])
    const path = await fetchTo(place, world, record.id)
    expect(await hashFile(path)).toBe(record.sha256)
    const other = await openWorld(engine)
    await other.restore(record, { path, passphrase: 'correct horse' })
    expect(await dump(other.ctx)).toEqual(await dump(world.ctx))
  })

  it('refuses a copy of which something is lost or was changed, and says what', async () => {
    const { sha256 } = await attach(world, (await addPurchase(world.ctx)).id, randomBytes(1000))
    const record = await world.backup()
    await copyTo(place, world, record)
    const blob = `blobs/${sha256.slice(0, 2)}/${sha256.slice(2, 4)}/${sha256}`
    for (const [name, says] of [
      [blob, `the file ${sha256} is lost or damaged`],
      [`backups/${record.filename}`, `${record.filename} is lost or damaged`],
      [`backups/${record.filename}.blobs`, `the list of files of ${record.filename} is lost or damaged`],
    ] as const) {
      const bytes = await place.read(name)
      const changed = Buffer.from(bytes)
      changed[bytes.length >> 1] = (changed[bytes.length >> 1] ?? 0) ^ 1
      await place.plant(name, changed)
      await expect(fetchTo(place, world, record.id)).rejects.toThrow(says)
      if (name !== `backups/${record.filename}`) {
        await place.remove(name)
        await expect(fetchTo(place, world, record.id)).rejects.toThrow(says)
      }
      await place.plant(name, bytes)
    }
    await fetchTo(place, world, record.id)
  })

  it('prunes what no copy names any more, and nothing that one does', async () => {
    const purchase = await addPurchase(world.ctx)
    const { sha256: shared } = await attach(world, purchase.id, Buffer.from('in both'))
    const first = await world.backup()
    await copyTo(place, world, first)
    const { sha256: late } = await attach(world, purchase.id, Buffer.from('in the second'))
    world.ctx.setNow('2026-03-16')
    const second = await world.backup()
    await copyTo(place, world, second)
    await place.plant(`backups/spends-backup-20260101T000000Z.zip`, Buffer.from('cut off'))

    await deleteCopy(place.destination, second.id)
    // What is young may belong to a copy under way.
    expect(await pruneCopies(place.destination, { now: new Date() })).toEqual({ blobs: 0, bytes: 0 })
    expect(await pruneCopies(place.destination, { now: LATER })).toEqual({ blobs: 1, bytes: 13 })
    const names = (await place.names()).join('\n')
    expect(names).toContain(shared)
    expect(names).not.toContain(late)
    expect(names).not.toContain('20260101')
    await fetchTo(place, world, first.id)

    await deleteCopy(place.destination, first.id)
    await pruneCopies(place.destination, { now: LATER })
    expect(await place.names()).toEqual([])
  })

  it('prunes no blob while it cannot tell what a copy names', async () => {
    const record = await world.backup()
    await copyTo(place, world, record)
    const names = await place.names()
    const record_name = `backups/${record.filename}.json`
    const [json, list] = [await place.read(record_name), await place.read(`backups/${record.filename}.blobs`)]

    await place.plant(record_name, json.subarray(0, 40))
    expect(await pruneCopies(place.destination, { now: LATER })).toEqual({ blobs: 0, bytes: 0 })
    await place.plant(record_name, json)
    await place.plant(`backups/${record.filename}.blobs`, list.subarray(0, 10))
    expect(await pruneCopies(place.destination, { now: LATER })).toEqual({ blobs: 0, bytes: 0 })
    expect(await place.names()).toEqual(names)
  })

  it('refuses to share a place with another instance', async () => {
    const record = await world.backup()
    await copyTo(place, world, record)
    const other = await openWorld(engine)
    const theirs = await other.backup()
    expect(theirs.filename).toBe(record.filename)
    expect(await refusalOf(copyTo(place, other, theirs))).toMatchObject({ code: 'CONFLICT' })
  })

  it('has nothing to complain of a place that works, and leaves nothing there', async () => {
    expect(await testDestination(place.destination, world.scratch)).toBeUndefined()
    expect(await place.names()).toEqual([])
  })
}

describeEachEngine('a folder of copies', (engine) => behaviour(openFolder, engine))
describeEachEngine('a bucket of copies', (engine) => {
  behaviour(openBucket, engine)
  if (engine.name === 'postgres') return

  it.each([
    ['PutObject', 'slow-down'],
    ['PutObject', 'cut'],
    ['PutObject', 'cut-answer'],
    ['UploadPart', 'internal-error'],
    ['UploadPart', 'cut'],
    ['CompleteMultipartUpload', 'cut-answer'],
    ['GetObject', 'slow-down'],
    ['GetObject', 'cut-bytes'],
    ['ListObjectsV2', 'cut'],
  ] as const)('gets over %s: %s', async (operation, fault) => {
    const place = await openBucket()
    const world = await openWorld(engine)
    await attach(world, (await addPurchase(world.ctx)).id, randomBytes(11 * 1024 ** 2))
    const record = await world.backup()
    place.server.fail(operation, fault, 2)
    await copyTo(place, world, record)
    expect(await hashFile(await fetchTo(place, world, record.id))).toBe(record.sha256)
    expect(place.server.uploads.size).toBe(0)
  })

  it('counts no copy in a bucket that goes on failing; the local backup stays', async () => {
    const place = await openBucket()
    const world = await openWorld(engine)
    await addEverything(world)
    const record = await world.backup()
    place.server.fail('PutObject', 'slow-down', 100)
    await expect(copyTo(place, world, record)).rejects.toThrow(
      `${place.destination.place} cannot be used: its server asks for fewer requests.`,
    )
    expect([...place.server.objects.keys()]).toEqual([])
    expect(await hashFile(backupPath(world.folder, record))).toBe(record.sha256)
  })
})

describe('what is wrong with a place', () => {
  it('is said of folders', async () => {
    const root = await temporaryRoot()
    const scratch = join(root, 'scratch')
    const problemOf = async (path: string) => testDestination(await openDestination(path), scratch)
    expect(await problemOf(join(root, 'none'))).toBe(
      `${join(root, 'none')} is not there. Is its disk mounted? The folder itself is never made.`,
    )
    await writeFile(join(root, 'file'), '')
    expect(await problemOf(join(root, 'file'))).toBe(`${join(root, 'file')} is no folder.`)
    await writeFile(join(root, 'backups'), '')
    expect(await problemOf(root)).toMatch(/ cannot be used: a file stands where a folder should\.$/)
  })

  it.skipIf(process.getuid?.() === 0)('is said of folders of others', async () => {
    const root = await temporaryRoot()
    await mkdir(join(root, 'theirs'))
    await chmod(join(root, 'theirs'), 0o500)
    const destination = await openDestination(join(root, 'theirs'))
    expect(await testDestination(destination, join(root, 'scratch'))).toMatch(/this user may not write there\.$/)
  })

  it('is said of buckets', async () => {
    const server = await startS3Server()
    onTestFinished(server.close)
    const scratch = await temporaryRoot()
    const problemOf = async (place: Partial<S3TestServer>, keys: Partial<S3TestServer['credentials']> = {}) => {
      const credentials = { ...server.credentials, ...keys }
      const destination = await openDestination(placeOf({ ...server, ...place }), { credentials })
      return testDestination(destination, scratch)
    }
    expect(await problemOf({})).toBeUndefined()
    expect(await problemOf({ bucket: 'other-papers' })).toMatch(/ cannot be used: there is no such bucket\.$/)
    expect(await problemOf({}, { secretAccessKey: 'wrong' })).toMatch(
      / cannot be used: the keys do not allow it, or are wrong\.$/,
    )
    await server.close()
    expect(await problemOf({})).toMatch(/ cannot be used: no server answers there\.$/)
  })

  it.each(['relative/folder', '', 's3://', 's3://UPPER/x', 'https://bucket/x', 'C:\\backups'])(
    'makes %j no place at all',
    async (place) => {
      expect(await refusalOf(openDestination(place))).toEqual({ code: 'UNPROCESSABLE_CONTENT', paths: ['place'] })
    },
  )
})
