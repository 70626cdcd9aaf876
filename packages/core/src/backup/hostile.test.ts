import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describeEachEngine } from '@spends/db/testing'
import { beforeEach, describe, expect, it } from 'vitest'
import { dump } from '../testing.ts'
import { backupPath } from './folder.ts'
import { MANIFEST, type Manifest } from './manifest.ts'
import { planRestore } from './plan.ts'
import { inspectBackup, verifyBackup } from './proof.ts'
import { restoreBackup } from './restore.ts'
import { contentOf, type Forged, forgeZip, sha256Of, signed } from './testing/forge.ts'
import { addEverything, filesOf, openWorld, type World } from './testing/world.ts'

describeEachEngine('a hostile backup', (engine) => {
  let world: World
  let manifest: Manifest
  let entries: Forged[]
  let path: string
  let before: unknown
  const state = async () => [await dump(world.ctx), await filesOf(world)]
  beforeEach(async () => {
    world = await openWorld(engine)
    await addEverything(world)
    ;({ manifest, entries } = await contentOf(backupPath(world.folder, await world.backup())))
    path = join(world.scratch, 'upload', 'hostile.zip')
    await mkdir(dirname(path), { recursive: true })
    before = await state()
  })

  /** Every way into it refuses it in the same words, and leaves nothing. */
  async function expectRefused(words: string, code = 'BAD_REQUEST'): Promise<void> {
    const { ctx, files, scratch } = world
    const refusal = { code, message: expect.stringContaining(words) }
    await expect(restoreBackup({ ctx, files, path, scratch })).rejects.toMatchObject(refusal)
    expect(await verifyBackup(path, { scratch, now: new Date() })).toEqual({
      verified_at: null,
      problems: [refusal.message],
    })
    expect(await state()).toEqual(before)
    expect(await readdir(scratch)).toEqual(['upload'])
  }

  /** So does a mere look at it. */
  async function expectRefusedAtOnce(words: string, code?: string): Promise<void> {
    const { ctx, files, scratch } = world
    const refusal = { code: code ?? 'BAD_REQUEST', message: expect.stringContaining(words) }
    await expect(inspectBackup(path, { scratch })).rejects.toMatchObject(refusal)
    await expect(planRestore({ ctx, files, path, scratch })).rejects.toMatchObject(refusal)
    await expectRefused(words, code)
  }

  const entry = (name: string) => entries.find((entry) => entry.name === name) ?? expect.fail(name)
  const upload = () => entries.find(({ name }) => name.startsWith('uploads/')) ?? expect.fail('no upload')
  const replace = (name: string, changes: Partial<Forged>) =>
    entries.map((entry) => (entry.name === name ? { ...entry, ...changes } : entry))

  it('is told from a good one, which is put together in the same way', async () => {
    await forgeZip(path, signed(manifest, entries))
    await restoreBackup({ ...world, path })
    expect(await state()).toEqual(before)
  })

  // The rest happens before any engine is asked.
  if (engine.name !== 'sqlite') return

  it.each([
    ['as we write zips', {}],
    ['as others do', { central: (header: Buffer) => void header.writeUInt16LE(0x5a21, 14) }],
  ])('is told apart from one of the predecessor, which is imported: %s', async (_, changes) => {
    const files = [{ name: `uploads/ab/cd/abcd${'0'.repeat(60)}.pdf`, bytes: Buffer.from('%PDF') }]
    await forgeZip(path, [{ name: 'data.json', bytes: Buffer.from('{}'), ...changes }, ...files])
    await expectRefusedAtOnce('Import it')
  })

  it.each([
    '../../etc/passwd',
    'uploads/../../x',
    '/etc/passwd',
    'C:/windows/x',
    'c:x',
    '..\\x',
    'uploads\\x',
    'a//b',
    './a',
    'folder/',
    'new\nline',
    'data/passwords.ndjson',
    'UPLOADS/aa/bb/x',
  ])('is refused for the name %s', async (name) => {
    await forgeZip(path, signed(manifest, [...entries, { name, bytes: Buffer.from('x') }]))
    await expectRefusedAtOnce(name.replace('\n', '\ufffd'))
  })

  it('is refused for names that stand in it twice, or fall together on other systems', async () => {
    await forgeZip(path, signed(manifest, [...entries, entry('data/brands.ndjson')]))
    await expectRefusedAtOnce('"data/brands.ndjson" of the zip stands in the zip twice')
    await forgeZip(path, signed(manifest, [...entries, { ...entry('data/brands.ndjson'), name: 'data/Brands.ndjson' }]))
    await expectRefusedAtOnce('"data/Brands.ndjson"')
  })

  describe('is refused by name for an entry that', () => {
    const cases: [string, Partial<Forged>, string][] = [
      ['is a link', { central: (header) => header.writeUInt32LE(0o120777 * 65_536, 38) }, 'is a link'],
      ['is a device', { central: (header) => header.writeUInt32LE(0o020666 * 65_536, 38) }, 'is no plain file'],
      ['is encrypted', { central: (header) => header.writeUInt16LE(0x801, 8) }, 'is encrypted'],
      ['is packed in an unknown way', { central: (header) => header.writeUInt16LE(14, 10) }, 'is packed'],
      ['has another mode', { central: (header) => header.writeUInt32LE(0o104755 * 65_536, 38) }, 'described'],
      ['has another date in its own header', { local: (header) => header.writeUInt16LE(7, 12) }, 'does not begin'],
      ['has another name in its own header', { local: (header) => header.write('x', 30) }, 'does not begin'],
      ['says it is larger', { lies: { size: 1_000_000 } }, 'not as large as it says'],
      ['says it is larger, packed', { deflated: true, lies: { size: 1_000_000 } }, 'another size'],
      ['has a wrong checksum', { lies: { crc32: 1 } }, 'checksum'],
      ['claims to grow without end', { deflated: true, lies: { size: 2 ** 31 } }, 'would grow'],
      ['claims to grow beyond 32 bits', { deflated: true, lies: { size: 2 ** 40 } }, 'would grow'],
      ['claims to be as large as a disk', { lies: { size: 2 ** 40, packedSize: 2 ** 40 } }, 'not as large as it says'],
    ]
    it.each(cases)('%s', async (_, changes, words) => {
      const { name } = upload()
      await forgeZip(path, signed(manifest, replace(name, changes)))
      await expectRefusedAtOnce(name)
      await expectRefusedAtOnce(words)
    })

    it('grows beyond what it says', async () => {
      const bytes = Buffer.alloc(2 ** 24)
      const bomb = { ...entry('data/brands.ndjson'), bytes, deflated: true, lies: { size: 1000 } }
      const listed = signed(manifest, replace(bomb.name, { bytes: Buffer.alloc(1000) }))
      await forgeZip(
        path,
        listed.map((entry) => (entry.name === bomb.name ? bomb : entry)),
      )
      await expectRefusedAtOnce('"data/brands.ndjson" of the zip is larger than it says')
    })

    it('is missing, or not listed', async () => {
      const { name } = upload()
      await forgeZip(
        path,
        signed(manifest, entries).filter((entry) => entry.name !== name),
      )
      await expectRefusedAtOnce(`"${name}" of the zip is missing`)
      await forgeZip(path, [...signed(manifest, entries), { name: 'extra.txt', bytes: Buffer.from('x') }])
      await expectRefusedAtOnce('"extra.txt" of the zip is not listed')
    })

    it('is not what the manifest says', async () => {
      const { name, bytes } = upload()
      const other = Buffer.from(bytes).reverse()
      const listed = signed(manifest, entries)
      await forgeZip(
        path,
        listed.map((entry) => (entry.name === name ? { ...entry, bytes: other } : entry)),
      )
      await expectRefusedAtOnce(`"${name}" of the zip has another SHA-256`)
      await forgeZip(path, signed(manifest, replace(name, { bytes: other })))
      await expectRefusedAtOnce(`"${name}" of the zip has another SHA-256`)
    })
  })

  it('is refused for what comes around its entries', async () => {
    const good = async (change: (bytes: Buffer) => Buffer) => {
      await forgeZip(path, signed(manifest, entries))
      await writeFile(path, change(await readFile(path)))
    }
    const comment = Buffer.from('PK\x05\x06 a comment that hides the directory')
    await good((bytes) => {
      const commented = Buffer.from(bytes)
      commented.writeUInt16LE(comment.length, bytes.length - 2)
      return Buffer.concat([commented, comment])
    })
    await expectRefusedAtOnce('something was put after its end')
    await good((bytes) => Buffer.concat([Buffer.from('#!/bin/sh\n'), bytes]))
    await expectRefusedAtOnce('damaged')
    await good((bytes) => bytes.subarray(0, -1))
    await expectRefusedAtOnce('cut off')
    for (const bytes of [Buffer.alloc(0), Buffer.from('product_name,price\n')]) {
      await good(() => bytes)
      await expectRefusedAtOnce('no zip')
    }
  })

  it('is refused for a directory of a hundred million entries in 98 bytes', async () => {
    const end64 = Buffer.alloc(56)
    end64.write('PK\x06\x06', 'latin1')
    end64.writeBigUInt64LE(44n, 4)
    end64.writeBigUInt64LE(100_000_000n, 24)
    end64.writeBigUInt64LE(100_000_000n, 32)
    const locator = Buffer.alloc(20)
    locator.write('PK\x06\x07', 'latin1')
    locator.writeUInt32LE(1, 16)
    await writeFile(
      path,
      Buffer.concat([end64, locator, Buffer.from('PK\x05\x06\0\0\0\0'), Buffer.alloc(12, 0xff), Buffer.alloc(2)]),
    )
    await expectRefusedAtOnce('100000000 entries')
  })

  describe('is refused for a manifest that', () => {
    const cases: [string, (manifest: Manifest) => Partial<Manifest> | string, string, string?][] = [
      ['is no JSON', () => '{"format":', 'no JSON'],
      ['is another list', () => '{"format":"other"}', 'not the list of a backup'],
      ['is much too long', (good) => JSON.stringify(good) + ' '.repeat(100_000), 'larger than its list'],
      ['is of a newer format', () => ({ format_version: 2 }) as never, 'format 2', 'UNPROCESSABLE_CONTENT'],
      ['is of a newer schema', () => ({ schema_version: '999-flying' }), 'schema 999-flying', 'UNPROCESSABLE_CONTENT'],
      ['is of an older schema', () => ({ schema_version: '001-foundation' }), 'data/import_mappings.ndjson'],
      ['has a wrong content hash', () => ({ content_hash: 'ab'.repeat(32) }), 'content hash'],
      ['counts other rows', ({ row_counts }) => ({ row_counts: { ...row_counts, brands: 1 } }), 'data/brands.ndjson'],
      ['counts other tables', ({ row_counts }) => ({ row_counts: { ...row_counts, jobs: 1 } }), 'other tables'],
      ['says more than it may', () => ({ more: true }) as never, MANIFEST],
    ]
    it.each(cases)('%s', async (_, change, words, code) => {
      const list = signed(manifest, entries)
      const good: Manifest = JSON.parse(list.at(-1)?.bytes.toString() ?? '')
      const changed = change(good)
      const text = typeof changed === 'string' ? changed : JSON.stringify({ ...good, ...changed })
      await forgeZip(path, [...list.slice(0, -1), { name: MANIFEST, bytes: Buffer.from(text) }])
      await expectRefused(words, code)
    })
  })

  describe('is refused for rows', () => {
    const lines = (name: string) => entry(`data/${name}.ndjson`).bytes.toString().trimEnd().split('\n')
    const cases: [string, string, (line: string) => string][] = [
      ['that are no JSON', 'brands', () => '{"id":'],
      ['that are no rows', 'brands', () => '["id"]'],
      ['with another column', 'brands', (line) => line.replace('"url"', '"link"')],
      ['without a column', 'brands', (line) => line.replace(/"url":[^,]*,?/, '').replace(',}', '}')],
      ['with a list in them', 'brands', (line) => line.replace(/"url":[^,}]*/, '"url":[]')],
      ['with a value that cannot be', 'purchases', (line) => line.replace(/"price":\d+/, '"price":-1')],
      ['with a date that is none', 'purchases', (line) => line.replace('2026-02-28', '2026-02-30')],
      ['that point nowhere', 'warranties', (line) => line.replace(/"purchase_id":"./, '"purchase_id":"f')],
      ['written in another way', 'brands', (line) => line.replace('{', '{ ')],
      [
        'that name a file that is not there',
        'attachments',
        (line) => line.replace(/"sha256":"......../, '"sha256":"00000000'),
      ],
      ['that name none of the files', 'attachments', (line) => line.replace('true', 'false')],
      ['that break off', 'brands', (line) => line.slice(0, 20)],
      ['of settings that mean nothing', 'settings', (line) => line.replace('"UTC"', '"Nowhere/Land"')],
      ['with settings twice', 'settings', (line) => `${line}\n${line}`],
    ]
    it.each(cases)('%s', async (_, table, change) => {
      const name = `data/${table}.ndjson`
      const [first = '', ...rest] = lines(table)
      const changed = [change(first), ...rest].filter((line) => line !== '')
      const bytes = Buffer.from(changed.map((line) => `${line}\n`).join(''))
      const row_counts = { ...manifest.row_counts, [table]: changed.length }
      await forgeZip(path, signed({ ...manifest, row_counts }, replace(name, { bytes, deflated: true })))
      const { ctx, files, scratch } = world
      await expect(restoreBackup({ ctx, files, path, scratch })).rejects.toMatchObject({
        code: 'BAD_REQUEST',
        message: expect.stringContaining(name),
      })
      expect(await state()).toEqual(before)
    })

    it('that go on without an end', async () => {
      const bytes = Buffer.alloc(6 * 2 ** 20, 'a')
      await forgeZip(path, signed(manifest, replace('data/brands.ndjson', { bytes, deflated: true })))
      await expectRefused('data/brands.ndjson')
    })
  })

  it('is refused for a file of another name than its bytes have', async () => {
    const bytes = Buffer.from('something else')
    const { name } = upload()
    await forgeZip(path, signed(manifest, replace(name, { bytes })))
    await expectRefusedAtOnce(name)
    expect(name).not.toContain(sha256Of(bytes))
  })
})
