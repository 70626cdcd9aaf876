import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { describeEachEngine } from '@spends/db/testing'
import { beforeEach, expect, it } from 'vitest'
import { newId } from '../context.ts'
import type { BlobStore } from '../files.ts'
import { getPurchase } from '../purchases/read.ts'
import { deletePurchase } from '../purchases/write.ts'
import { getRevision } from '../revision.ts'
import { addPurchase, openContext, refusalOf, type TestContext } from '../testing.ts'
import { getAttachment, openAttachment } from './read.ts'
import { receiveFile } from './receive.ts'
import { attach, listBlobs, openFiles } from './testing.ts'
import { addAttachment, deleteAttachment } from './write.ts'

describeEachEngine('attachments', (engine) => {
  let ctx: TestContext
  let files: BlobStore
  let purchase: { id: string }
  beforeEach(async () => {
    ctx = await openContext(engine)
    files = (await openFiles()).files
    purchase = await addPurchase(ctx)
  })

  const read = async (id: string) =>
    String(Buffer.concat(await (await openAttachment(ctx, files, await getAttachment(ctx, { id }))).toArray()))
  const listed = async ({ id }: { id: string }) => (await getPurchase(ctx, { id })).attachments
  const revision = async () => (await getRevision(ctx)).revision
  const blobs = async () => (await listBlobs(files)).length

  it('are what their bytes are, whatever they are called', async () => {
    const before = await revision()
    const made = await attach(ctx, files, purchase, '%PDF-1.7\n', {
      filename: 'C:\\bills\\Rechnung "ä".png',
      kind: 'WARRANTY',
    })
    expect(made).toEqual({
      id: expect.any(String),
      purchase_id: purchase.id,
      kind: 'WARRANTY',
      filename: 'Rechnung "ä".png',
      mime_type: 'application/pdf',
      size: 9,
      sha256: createHash('sha256').update('%PDF-1.7\n').digest('hex'),
      available: true,
      created_at: '2026-03-15T12:00:00Z',
    })
    expect(await listed(purchase)).toEqual([made])
    expect(await getAttachment(ctx, made)).toEqual(made)
    expect(await read(made.id)).toBe('%PDF-1.7\n')
    expect(await revision()).toBeGreaterThan(before)
  })

  it('without a name are called by their kind', async () => {
    const names = [
      await attach(ctx, files, purchase, '%PDF-1.7\n', { filename: '', kind: 'MANUAL' }),
      await attach(ctx, files, purchase, '\u0001\u0002', { filename: ' /', kind: 'OTHER' }),
    ].map(({ filename }) => filename)
    expect(names).toEqual(['manual.pdf', 'other'])
  })

  it('may be several of one purchase, and one file of many, whose bytes lie once', async () => {
    const other = await addPurchase(ctx)
    const first = await attach(ctx, files, purchase, 'one')
    const second = await attach(ctx, files, purchase, 'two')
    const same = await attach(ctx, files, other, 'one')
    expect((await listed(purchase)).map(({ id }) => id)).toEqual([first.id, second.id])
    expect(same.sha256).toBe(first.sha256)
    expect(await blobs()).toBe(2)

    await deleteAttachment(ctx, first)
    expect(await read(same.id)).toBe('one')
    expect(await listed(purchase)).toEqual([second])
  })

  it('that are sent again are not added again, unless they are called or meant otherwise', async () => {
    const send = async (filename: string, kind: 'RECEIPT' | 'WARRANTY') => {
      const file = await receiveFile(files, Readable.from([Buffer.from('one')]), { maxBytes: 10 })
      return addAttachment(ctx, files, { purchase_id: purchase.id, kind, filename, file })
    }
    const first = await send('a.txt', 'RECEIPT')
    expect(first.isNew).toBe(true)
    expect(await send('a.txt', 'RECEIPT')).toEqual({ attachment: first.attachment, isNew: false })
    expect((await send('b.txt', 'RECEIPT')).isNew).toBe(true)
    expect((await send('a.txt', 'WARRANTY')).isNew).toBe(true)
    expect(await listed(purchase)).toHaveLength(3)

    const together = await Promise.all([1, 2, 3, 4].map(() => send('c.txt', 'RECEIPT')))
    expect(together.filter(({ isNew }) => isNew)).toHaveLength(1)
    expect(await listed(purchase)).toHaveLength(4)
  })

  it('are not added to a purchase that is gone', async () => {
    await deletePurchase(ctx, purchase)
    expect(await refusalOf(attach(ctx, files, purchase, 'one'))).toMatchObject({ code: 'NOT_FOUND' })
    expect(await refusalOf(attach(ctx, files, { id: newId() }, 'one'))).toMatchObject({ code: 'NOT_FOUND' })
    expect(await ctx.db.selectFrom('attachments').selectAll().execute()).toEqual([])
  })

  it('go with their purchase, also where both happen at once', async () => {
    for (let round = 0; round < 10; round += 1) {
      const going = await addPurchase(ctx)
      const [added] = await Promise.all([
        refusalOf(attach(ctx, files, going, `round ${round}`)),
        deletePurchase(ctx, going),
      ])
      expect([undefined, 'NOT_FOUND']).toContain(added?.code)
    }
    expect(await ctx.db.selectFrom('attachments').selectAll().execute()).toEqual([])
  })

  it('that are empty, too large or break off leave nothing', async () => {
    const receive = (parts: Iterable<Uint8Array>) => receiveFile(files, Readable.from(parts), { maxBytes: 4 })
    expect(await refusalOf(receive([]))).toEqual({ code: 'UNPROCESSABLE_CONTENT', paths: ['file'] })
    await expect(receive([Buffer.from('large'), Buffer.from('r')])).rejects.toThrow('larger than 4 bytes')
    expect(await blobs()).toBe(0)
  })

  it('whose bytes are lost say so, until they are found or sent again', async () => {
    const other = await addPurchase(ctx)
    const made = await attach(ctx, files, purchase, 'one')
    const same = await attach(ctx, files, other, 'one')
    await files.remove(made.sha256)
    expect(await refusalOf(read(made.id))).toMatchObject({ code: 'GONE' })
    expect([...(await listed(purchase)), ...(await listed(other))].map(({ available }) => available)).toEqual([
      false,
      false,
    ])

    await files.put(Readable.from([Buffer.from('one')]))
    expect(await read(same.id)).toBe('one')
    expect((await listed(purchase))[0]).toEqual(made)

    // As imports leave it that know a size from hearsay.
    await ctx.db.updateTable('attachments').set({ size: 9, available: false }).where('id', '=', made.id).execute()
    await attach(ctx, files, other, 'one')
    expect((await listed(purchase))[0]).toEqual(made)

    await files.remove(made.sha256)
    expect(await refusalOf(read(made.id))).toMatchObject({ code: 'GONE' })
    await attach(ctx, files, await addPurchase(ctx), 'one')
    expect((await listed(purchase))[0]).toEqual(made)
  })

  it('are deleted once', async () => {
    const made = await attach(ctx, files, purchase, 'one')
    const before = await revision()
    await deleteAttachment(ctx, made)
    expect(await refusalOf(deleteAttachment(ctx, made))).toMatchObject({ code: 'NOT_FOUND' })
    expect(await refusalOf(getAttachment(ctx, made))).toMatchObject({ code: 'NOT_FOUND' })
    expect(await revision()).toBeGreaterThan(before)
    expect(await blobs()).toBe(1)
  })
})
