import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describeEachEngine } from '@spends/db/testing'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { newId } from '../context.ts'
import { openContext, refusalOf, type TestContext } from '../testing.ts'
import {
  forgetImportFiles,
  getImportFile,
  type ImportFileKind,
  pathOfImportFile,
  removeImportFiles,
  storeImportFile,
  sweepImportFiles,
} from './files.ts'

const ALL: readonly ImportFileKind[] = ['CSV', 'JSON', 'ZIP']

describeEachEngine('files to import', (engine) => {
  let ctx: TestContext
  let root: string
  let folder: string
  beforeEach(async () => {
    ctx = await openContext(engine)
    root = await mkdtemp(join(tmpdir(), 'spends-imports-'))
    folder = join(root, 'not', 'there yet')
  })
  afterEach(() => rm(root, { recursive: true }))

  async function* inPieces(bytes: Uint8Array, size = 1): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
  }
  const store = (content: string | Uint8Array, { filename = 'a.csv', kinds = ALL } = {}) =>
    storeImportFile(ctx, folder, inPieces(Buffer.from(content)), { filename, kinds })
  const listRows = async () => (await ctx.db.selectFrom('import_files').select('id').execute()).map(({ id }) => id)
  const listFiles = async () => (await readdir(folder)).sort()

  it('are kept byte by byte, and found again', async () => {
    const file = await store('product_name\r\nÄpfel')
    expect(file).toEqual({
      id: expect.any(String),
      filename: 'a.csv',
      kind: 'CSV',
      size: 20,
      created_at: '2026-03-15T12:00:00Z',
    })
    expect(await getImportFile(ctx, { file_id: file.id })).toEqual(file)
    expect(await readFile(pathOfImportFile(folder, file), 'utf8')).toBe('product_name\r\nÄpfel')
    expect(await listFiles()).toEqual([file.id])
  })

  it.each<[string, string | Uint8Array, ImportFileKind]>([
    ['text', 'a,b\r\n1,2', 'CSV'],
    ['one byte', 'a', 'CSV'],
    ['a column in brackets', '[Name];[Price]', 'CSV'],
    ['a column in braces', '{Name};{Price}', 'CSV'],
    ['text in UTF-16', Buffer.from('\ufeffa;b', 'utf16le'), 'CSV'],
    ['an object', ' \n\t{"format": 1}', 'JSON'],
    ['an empty object', '{ }', 'JSON'],
    ['a list', '[\n{', 'JSON'],
    ['lists in lists', '['.repeat(5000), 'JSON'],
    ['an object after a byte order mark', '\ufeff{"a":1}', 'JSON'],
    ['an object in UTF-16', Buffer.from('\ufeff{ "a": 1 }', 'utf16le'), 'JSON'],
    ['an archive', 'PK\x03\x04...', 'ZIP'],
    ['an empty archive', 'PK\x05\x06...', 'ZIP'],
    ['text that begins like an archive', 'PK;Name', 'CSV'],
  ])('%s is told by its bytes', async (_, content, kind) => {
    expect(await store(content, { filename: 'x.bin' })).toMatchObject({ kind })
  })

  it.each<[string, string | Uint8Array, ImportFileKind[]]>([
    ['an empty file', '', ['CSV', 'JSON', 'ZIP']],
    ['an archive for a table', 'PK\x03\x04', ['CSV']],
    ['JSON for a table', '{"a":1}', ['CSV']],
    ['a table for JSON', 'a,b', ['JSON', 'ZIP']],
    ['gzip', Uint8Array.of(0x1f, 0x8b, 8, 0), ['CSV', 'JSON', 'ZIP']],
    ['a web page', '<!DOCTYPE html><html><body>', ['CSV', 'JSON', 'ZIP']],
    ['a PDF', '%PDF-1.7', ['CSV', 'JSON', 'ZIP']],
  ])('%s is refused, and nothing is left of it', async (_, content, kinds) => {
    expect(await refusalOf(store(content, { kinds }))).toEqual({ code: 'BAD_REQUEST', paths: [] })
    expect([await listRows(), await listFiles()]).toEqual([[], []])
  })

  it('of the wrong kind are refused before they have arrived', async () => {
    let sent = 0
    async function* endless() {
      for (;;) {
        sent += 1
        yield Buffer.from('PK\x03\x04'.padEnd(1024))
      }
    }
    const stored = storeImportFile(ctx, folder, endless(), { filename: 'a.csv', kinds: ['CSV'] })
    expect(await refusalOf(stored)).toEqual({ code: 'BAD_REQUEST', paths: [] })
    expect(sent).toBeLessThan(10)
    expect(await listFiles()).toEqual([])
  })

  it('that break off leave nothing, and the failure is the sender’s own', async () => {
    const failure = new Error('gone')
    async function* broken() {
      yield Buffer.from('a,b\r\n'.repeat(10_000))
      throw failure
    }
    await expect(storeImportFile(ctx, folder, broken(), { filename: 'a.csv', kinds: ALL })).rejects.toBe(failure)
    expect([await listRows(), await listFiles()]).toEqual([[], []])
  })

  it.each([
    ['../../etc/passwd', 'passwd'],
    ['C:\\Users\\me\\Käufe 2025.csv', 'Käufe 2025.csv'],
    ['покупки 購入 🛒.csv', 'покупки 購入 🛒.csv'],
    ['a\u0000b\r\nc\u202ed.csv', 'abcd.csv'],
    ['\ud800.csv', '\ufffd.csv'],
    [`${'😀'.repeat(300)}`, '😀'.repeat(255)],
    ['', 'import.csv'],
    ['folder/', 'import.csv'],
    ['  ', 'import.csv'],
  ])('called %j have the label %j', async (filename, label) => {
    expect(await store('a,b', { filename })).toMatchObject({ filename: label })
  })

  async function addJob(file_id: string, status: 'QUEUED' | 'RUNNING' | 'FAILED'): Promise<void> {
    const params = JSON.stringify({ file_id, options: {} })
    const at = '2026-03-15T12:00:00Z'
    await ctx.db
      .insertInto('jobs')
      .values({ id: newId(), kind: 'IMPORT', status, done: 0, created_at: at, params })
      .execute()
  }

  it('are swept away after a day, unless a job needs them', async () => {
    const [idle, queued, running, failed] = [await store('1'), await store('2'), await store('3'), await store('4')]
    await addJob(queued.id, 'QUEUED')
    await addJob(running.id, 'RUNNING')
    await addJob(failed.id, 'FAILED')
    ctx.setNow('2026-03-16T12:00:00Z')
    await sweepImportFiles(ctx, folder)
    expect(await listRows()).toHaveLength(4)

    ctx.setNow('2026-03-16T12:00:01Z')
    const young = await store('5')
    await sweepImportFiles(ctx, folder)
    const kept = [queued.id, running.id, young.id].sort()
    expect([(await listRows()).sort(), await listFiles()]).toEqual([kept, kept])
    expect(await refusalOf(getImportFile(ctx, { file_id: idle.id }))).toEqual({ code: 'NOT_FOUND', paths: [] })
  })

  it('are forgotten at once where that is asked for, unless a job needs them', async () => {
    const [, queued] = [await store('1'), await store('2')]
    await addJob(queued.id, 'QUEUED')
    await removeImportFiles(folder, await forgetImportFiles(ctx))
    expect([await listRows(), await listFiles()]).toEqual([[queued.id], [queued.id]])
  })

  it('without a row are swept away once they are old', async () => {
    const { id } = await store('a')
    for (const name of ['old.part', 'new.part', newId()]) await writeFile(join(folder, name), 'x')
    const strays = (await listFiles()).filter((name) => name !== 'new.part')
    const old = new Date(Date.now() - 25 * 60 * 60 * 1000)
    for (const name of strays) await utimes(join(folder, name), old, old)
    await sweepImportFiles(ctx, folder)
    expect(await listFiles()).toEqual([id, 'new.part'].sort())
  })

  it('need no folder to be swept', async () => {
    await expect(sweepImportFiles(ctx, folder)).resolves.toBeUndefined()
  })
})
