import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { describeEachEngine } from '@spends/db/testing'
import { beforeEach, expect, it } from 'vitest'
import { type BlobStore, blobName } from '../files.ts'
import { getPurchase } from '../purchases/read.ts'
import { getRevision } from '../revision.ts'
import { addPurchase, openContext, refusalOf, type TestContext } from '../testing.ts'
import { verifyFiles } from './integrity.ts'
import { getAttachment, openAttachment } from './read.ts'
import { attach, openFiles } from './testing.ts'

describeEachEngine('the check of all files', (engine) => {
  let ctx: TestContext
  let files: BlobStore
  let root: string
  let purchase: { id: string }
  beforeEach(async () => {
    ctx = await openContext(engine)
    ;({ files, root } = await openFiles())
    purchase = await addPurchase(ctx)
  })

  const overwrite = ({ sha256 }: { sha256: string }, text: string) => writeFile(join(root, blobName(sha256)), text)
  const availability = async () =>
    Object.fromEntries(
      (await getPurchase(ctx, purchase)).attachments.map(({ filename, available }) => [filename, available]),
    )

  it('finds nothing where all is well, and changes nothing', async () => {
    await attach(ctx, files, purchase, 'one')
    await attach(ctx, files, await addPurchase(ctx), 'one')
    await attach(ctx, files, purchase, 'three')
    const before = await getRevision(ctx)
    const steps: [number, number][] = []
    const report = await verifyFiles(ctx, files, { onProgress: (done, total) => void steps.push([done, total]) })
    expect(report).toEqual({ checked: 2, bytes: 8, missing: [], altered: [], orphaned: [] })
    expect(steps).toEqual([
      [1, 2],
      [2, 2],
    ])
    expect(await getRevision(ctx)).toEqual(before)
  })

  it('names what is missing, altered, cut short and orphaned, and mends what is known of it', async () => {
    const made = Object.fromEntries(
      await Promise.all(
        ['well', 'missing', 'altered', 'short'].map(
          async (name) => [name, await attach(ctx, files, purchase, `content of ${name}`, { filename: name })] as const,
        ),
      ),
    )
    const { missing, altered, short } = made
    if (!missing || !altered || !short) throw new Error('They were made')
    await files.remove(missing.sha256)
    await overwrite(altered, 'CONTENT of altered')
    await overwrite(short, 'content')
    const orphan = await files.put(Readable.from([Buffer.from('orphan')]))

    const named = ({ id, sha256, filename }: typeof missing) => ({
      sha256,
      attachments: [{ id, purchase_id: purchase.id, filename }],
    })
    const report = await verifyFiles(ctx, files)
    expect(report).toEqual({
      checked: 4,
      bytes: 'content of well'.length,
      missing: [named(missing)],
      altered: [altered, short].sort((a, b) => (a.sha256 < b.sha256 ? -1 : 1)).map(named),
      orphaned: [{ ...orphan, put_at: expect.any(Date) }],
    })
    expect(await availability()).toEqual({ well: true, missing: false, altered: false, short: false })
    expect(await refusalOf(openAttachment(ctx, files, await getAttachment(ctx, altered)))).toMatchObject({
      code: 'GONE',
    })

    for (const name of ['missing', 'altered']) await files.put(Readable.from([Buffer.from(`content of ${name}`)]))
    expect(await verifyFiles(ctx, files)).toMatchObject({ missing: [], altered: [named(short)] })
    expect(await availability()).toEqual({ well: true, missing: true, altered: true, short: false })
  })

  it('says what size it has found, and reads nothing again that was read just now', async () => {
    const [wrong, known, gone] = [
      await attach(ctx, files, purchase, 'of another size', { filename: 'wrong' }),
      await attach(ctx, files, purchase, 'was read', { filename: 'known' }),
      await attach(ctx, files, purchase, 'went since', { filename: 'gone' }),
    ]
    await ctx.db.updateTable('attachments').set({ size: 3 }).execute()
    await ctx.db.updateTable('attachments').set({ available: false }).where('id', '=', known.id).execute()
    await files.remove(gone.sha256)
    const opened: string[] = []
    const open: BlobStore['open'] = (sha256) => {
      opened.push(sha256)
      return files.open(sha256)
    }
    const report = await verifyFiles(ctx, { ...files, open }, { known: new Set([known.sha256, gone.sha256]) })
    expect(report).toMatchObject({ checked: 3, bytes: 23, missing: [{ sha256: gone.sha256 }], altered: [] })
    expect(opened).toEqual([wrong.sha256])
    expect(await availability()).toEqual({ wrong: true, known: true, gone: false })
    expect(await getAttachment(ctx, wrong)).toMatchObject({ size: 15 })
    expect(await getAttachment(ctx, known)).toMatchObject({ size: 8 })
  })

  it('goes through more contents than one query gives', async () => {
    for (let index = 0; index < 205; index += 1)
      await attach(ctx, files, purchase, `text ${index}`, { filename: `${index}` })
    expect(await verifyFiles(ctx, files)).toMatchObject({ checked: 205, missing: [] })
  })
})
