import { utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { describeEachEngine } from '@spends/db/testing'
import { beforeEach, expect, it } from 'vitest'
import { inTransaction, newId } from '../context.ts'
import { type BlobStore, blobName } from '../files.ts'
import { getPurchase } from '../purchases/read.ts'
import { addPurchase, openContext, refusalOf, type TestContext } from '../testing.ts'
import { type Sweep, sweepFiles } from './sweep.ts'
import { attach, listBlobs, openFiles } from './testing.ts'
import { deleteAttachment } from './write.ts'

const OLD = new Date('2020-01-01T00:00:00Z')

describeEachEngine('the sweep', (engine) => {
  let ctx: TestContext
  let files: BlobStore
  let root: string
  let purchase: { id: string }
  beforeEach(async () => {
    ctx = await openContext(engine)
    ;({ files, root } = await openFiles())
    purchase = await addPurchase(ctx)
  })

  const age = ({ sha256 }: { sha256: string }) => utimes(join(root, blobName(sha256)), OLD, OLD)
  const put = async (text: string) => {
    const blob = await files.put(Readable.from([Buffer.from(text)]))
    await age(blob)
    return blob
  }

  it('removes what no attachment names, once it is old', async () => {
    const kept = await attach(ctx, files, purchase, 'kept')
    const gone = await attach(ctx, files, purchase, 'gone')
    await deleteAttachment(ctx, gone)
    for (const blob of [kept, gone]) await age(blob)
    const young = await files.put(Readable.from([Buffer.from('young')]))
    expect(await sweepFiles(ctx, files)).toEqual({ removed: 1, bytes: 4, paused: false })
    expect(await Promise.all([kept, gone, young].map(({ sha256 }) => files.has(sha256)))).toEqual([true, false, true])
    const later = new Date(Date.now() + 2 * 60 * 60 * 1000)
    expect(await sweepFiles(ctx, files, { now: later, graceMs: 60 * 60 * 1000 })).toMatchObject({ removed: 1 })
    expect(await files.has(kept.sha256)).toBe(true)
  })

  it('tells hundreds of blobs that are named from those that are not', async () => {
    const named = await Promise.all(
      Array.from({ length: 20 }, (_, index) => attach(ctx, files, purchase, `named ${index}`)),
    )
    for (const blob of named) await age(blob)
    for (let index = 0; index < 600; index += 1) await put(`blob ${index}`)
    expect(await sweepFiles(ctx, files)).toMatchObject({ removed: 600 })
    expect((await listBlobs(files)).length).toBe(20)
  })

  it.each(['BACKUP', 'RESTORE', 'IMPORT'])('leaves off while a %s runs', async (kind) => {
    const { sha256 } = await put('orphan')
    const id = newId()
    const created_at = '2026-03-15T12:00:00Z'
    await ctx.db.insertInto('jobs').values({ id, kind, status: 'RUNNING', done: 0, created_at }).execute()
    expect(await sweepFiles(ctx, files)).toEqual({ removed: 0, bytes: 0, paused: true })
    expect(await files.has(sha256)).toBe(true)
    await ctx.db.updateTable('jobs').set({ status: 'SUCCEEDED' }).where('id', '=', id).execute()
    expect(await sweepFiles(ctx, files)).toMatchObject({ removed: 1, paused: false })
  })

  it('spares a blob that somebody sends again while it looks', async () => {
    const { sha256 } = await put('wanted again')
    const listing: BlobStore = {
      ...files,
      async *list() {
        yield* files.list()
        // Its row is yet to come.
        await files.put(Readable.from([Buffer.from('wanted again')]))
      },
    }
    expect(await sweepFiles(ctx, listing)).toMatchObject({ removed: 0 })
    expect(await files.has(sha256)).toBe(true)
  })

  it('waits for an attachment that is about to be added', async () => {
    const blob = await put('almost attached')
    const made = await attach(ctx, files, purchase, 'another')
    let sweep: Promise<Sweep> | undefined
    await inTransaction(ctx, async ({ db }) => {
      await db
        .insertInto('attachments')
        .values({ ...made, ...blob, id: newId() })
        .execute()
      sweep = sweepFiles(ctx, files)
      // Far more questions than the sweep asks, so that it would be through by then.
      for (let turn = 0; turn < 200; turn += 1) await db.selectFrom('settings').select('id').execute()
    })
    expect(await sweep).toMatchObject({ removed: 0 })
    expect(await files.has(blob.sha256)).toBe(true)
  })

  it('never takes the bytes of an attachment, however both fall together', async () => {
    for (let round = 0; round < 25; round += 1) {
      await put(`round ${round}`)
      const [refusal] = await Promise.all([
        refusalOf(attach(ctx, files, purchase, `round ${round}`)),
        sweepFiles(ctx, files),
        sweepFiles(ctx, files),
      ])
      expect([undefined, 'SERVICE_UNAVAILABLE']).toContain(refusal?.code)
    }
    const { attachments } = await getPurchase(ctx, purchase)
    for (const { sha256 } of attachments) expect(await files.has(sha256)).toBe(true)
  })

  it('refuses an attachment whose bytes went before its row was there', async () => {
    const hasty: BlobStore = {
      ...files,
      put: async (bytes, options) => {
        const blob = await files.put(bytes, options)
        await files.remove(blob.sha256)
        return blob
      },
    }
    expect(await refusalOf(attach(ctx, hasty, purchase, 'gone'))).toMatchObject({ code: 'SERVICE_UNAVAILABLE' })
    expect((await getPurchase(ctx, purchase)).attachments).toEqual([])
  })
})
