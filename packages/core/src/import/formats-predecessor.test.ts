import { createHash } from 'node:crypto'
import { describeEachEngine } from '@spends/db/testing'
import { beforeEach, describe, expect, it } from 'vitest'
import { listBrands } from '../brands.ts'
import { localFiles } from '../files.ts'
import { createRetailer, listRetailers } from '../retailers.ts'
import { changePurchase, openContext, type TestContext } from '../testing.ts'
import { factsOf, importAndBack } from './testing/formats.ts'
import { allPurchases, importFile } from './testing/imports.ts'
import { AMAZON, BROKEN, DATA, ESPRESSO, EXPECTED, LAMP, MAKER, MEDIA, NOWHERE, TEA } from './testing/predecessor.ts'
import { csv, temporaryFolder } from './testing/reading.ts'
import { type ZipEntry, zipOf } from './testing/zips.ts'

describeEachEngine('what the predecessor leaves', (engine) => {
  let ctx: TestContext
  beforeEach(async () => {
    ctx = await openContext(engine)
  })

  describe('as JSON', () => {
    it('comes with its warranties, retailers, brands and ids', async () => {
      const { report, purchases } = await importAndBack(ctx, JSON.stringify(DATA), {}, 'JSON')
      expect(purchases).toEqual(EXPECTED)
      expect(report).toMatchObject({
        source: 'PREDECESSOR_JSON',
        rows: 4,
        created: 3,
        failed: 1,
        retailers_created: 1,
        brands_created: 1,
      })
      expect(report.errors.map(({ row, column, value }) => [row, column, value])).toEqual([
        [4, 'purchase_date', '2025-02-30'],
        [4, 'price', '1.005'],
      ])
      expect(report.warnings).toEqual([
        { message: expect.stringContaining('a purchase that is not in the file') },
        { row: 3, message: expect.stringContaining(NOWHERE) },
      ])
    })

    it('keeps ids and instants, and finds the same rows by them', async () => {
      await importFile(ctx, JSON.stringify(DATA), {}, 'JSON')
      const stored = await allPurchases(ctx)
      expect(stored.map(({ id }) => id).sort()).toEqual([ESPRESSO, TEA, LAMP])
      const espresso = stored.find(({ id }) => id === ESPRESSO)
      expect(espresso).toMatchObject({
        created_at: '2025-11-06T08:09:10Z',
        updated_at: '2025-11-07T08:09:10Z',
        retailer_id: MEDIA,
        brand_id: MAKER,
        warranty: { id: DATA.warranties[0]?.id, created_at: '2025-11-06T08:09:10Z' },
      })
      expect((await listRetailers(ctx, { skip: 0, search: 'medien' })).items).toMatchObject([
        { id: MEDIA, name: 'Medien Markt', url: 'https://media.example' },
      ])
      expect((await listBrands(ctx, { skip: 0, search: 'maker' })).items).toMatchObject([{ id: MAKER }])

      await changePurchase(ctx, { id: LAMP, product_name: 'Another lamp', price: '5' })
      expect(await importFile(ctx, JSON.stringify(DATA), { duplicates: 'update' }, 'JSON')).toMatchObject({
        created: 0,
        updated: 1,
        failed: 1,
      })
      expect(await factsOf(ctx)).toEqual(EXPECTED)
    })

    it('may list purchases last, first, or name retailers inside of them', async () => {
      const { purchases, ...others } = DATA
      for (const file of [
        { ...others, purchases },
        { purchases, ...others },
      ]) {
        const world = await openContext(engine)
        await importFile(world, JSON.stringify(file, null, 2), {}, 'JSON')
        expect(await factsOf(world)).toEqual(EXPECTED)
      }
      const nested = {
        purchases: [{ ...DATA.purchases[1], retailer: { id: AMAZON, name: 'Tea House' }, brand: { name: 'Leaf' } }],
      }
      await importFile(ctx, JSON.stringify(nested), {}, 'JSON')
      expect(await factsOf(ctx)).toMatchObject({ 緑茶: { retailer: 'Tea House', brand: 'Leaf' } })
    })
  })

  describe('as CSV', () => {
    const HEADER =
      'id,product_name,price,currency_code,retailer_id,brand_id,purchase_date,notes,model_number,serial_number,retailer_order_number,created_at,updated_at'
    const instants = ['2025-11-06T08:09:10.123456', '2025-11-07 08:09:10']
    const FILE = csv(
      HEADER.split(','),
      [
        ESPRESSO,
        'Espresso machine',
        '1249.5',
        'EUR',
        MEDIA,
        NOWHERE,
        '2026-01-15',
        'a,\n"b"',
        'EM-1',
        '0042',
        'MM-77',
        ...instants,
      ],
      [TEA, '緑茶', '500.0', 'JPY', '', '', '2025-12-31T00:00:00', '', '', '', '', ...instants],
      [LAMP, 'Lamp', '19.989999999999998', 'USD', '', '', '2025-12-30 00:00:00', '', '', '', '', ...instants],
      [BROKEN, 'Soap', '1e2', 'USD', '', '', '2025-12-30', '', '', '', '', ...instants],
    )

    it('comes with the retailers that are there already, and says which are not', async () => {
      const { id } = await createRetailer(ctx, { name: 'Medien Markt' })
      const { report, purchases } = await importAndBack(ctx, FILE.replaceAll(MEDIA, id))
      const plain = { quantity: 1, status: 'RECEIVED' }
      expect(purchases).toEqual({
        'Espresso machine': {
          ...plain,
          price: '1249.50',
          currency_code: 'EUR',
          purchase_date: '2026-01-15',
          retailer: 'Medien Markt',
          notes: 'a,\n"b"',
          model_number: 'EM-1',
          serial_number: '0042',
          order_number: 'MM-77',
        },
        緑茶: { ...plain, price: '500', currency_code: 'JPY', purchase_date: '2025-12-31' },
        Lamp: { ...plain, price: '19.99', currency_code: 'USD', purchase_date: '2025-12-30' },
      })
      expect(report).toMatchObject({ source: 'PREDECESSOR_CSV', rows: 4, created: 3, failed: 1, retailers_created: 0 })
      expect(report.errors).toMatchObject([{ row: 6, column: 'price', value: '1e2' }])
      expect(report.warnings).toEqual([{ row: 2, message: expect.stringContaining(NOWHERE) }])
    })

    it('adds nothing to what its JSON has brought, and takes nothing away', async () => {
      await importFile(ctx, JSON.stringify(DATA), {}, 'JSON')
      const report = await importFile(ctx, FILE, { duplicates: 'update' })
      expect(report).toMatchObject({ created: 0, updated: 1, skipped: 2, failed: 1 })
      expect(await factsOf(ctx)).toMatchObject({
        'Espresso machine': { tags: ['kitchen', 'coffee', 'Büro'], warranty: { provider: 'Maker & Co' } },
      })
    })
  })

  describe('as ZIP', () => {
    const hashOf = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')
    const upload = (bytes: Buffer, sha256: string, type: string): ZipEntry => ({
      name: `uploads/${sha256.slice(0, 2)}/${sha256.slice(2, 4)}/${sha256}.${type}`,
      bytes,
      deflated: type === 'pdf',
    })
    const bill = Buffer.from('%PDF-1.4 the bill')
    const photo = Buffer.from('89504e470d0a1a0a00', 'hex')
    const wrong = 'ab'.repeat(32)
    const missing = 'cd'.repeat(32)
    const of = (purchase_id: string, sha256: string, more: object) => ({
      id: `4c1f9a0e-2b3d-4c5e-8f70-${sha256.slice(0, 12)}`,
      purchase_id,
      sha256,
      created_at: '2026-01-16T10:00:00',
      ...more,
    })
    const files = [
      of(ESPRESSO, hashOf(bill), {
        file_type: 'FileType.RECEIPT',
        original_filename: 'Rechnung März.pdf',
        mime_type: 'application/pdf',
        file_size: bill.length,
      }),
      of(ESPRESSO, hashOf(photo), { file_type: 'photo', original_filename: 'it.png', mime_type: 'image/png' }),
      of(TEA, wrong, { file_type: 'manual', original_filename: 'wrong.pdf', mime_type: 'application/pdf' }),
      of(LAMP, missing, { file_type: 'warranty', original_filename: 'missing.pdf', mime_type: 'application/pdf' }),
      // The same bytes belong to another purchase too.
      { ...of(LAMP, hashOf(bill), { original_filename: 'copy.pdf', mime_type: 'application/pdf' }), id: undefined },
    ]
    const FILE = zipOf([
      { name: 'data.json', bytes: Buffer.from(JSON.stringify({ ...DATA, files })), deflated: true },
      { name: 'uploads/', bytes: Buffer.alloc(0) },
      upload(bill, hashOf(bill), 'pdf'),
      upload(photo, hashOf(photo), 'png'),
      upload(Buffer.from('other bytes'), wrong, 'pdf'),
    ])

    it('comes with its files, each checked against its hash', async () => {
      const uploads = await temporaryFolder()
      const { report, purchases } = await importAndBack(ctx, FILE, {}, 'ZIP', uploads)
      expect(purchases).toEqual(EXPECTED)
      expect(report).toMatchObject({ source: 'PREDECESSOR_ZIP', rows: 4, created: 3, failed: 1 })
      expect(report.warnings.map(({ message }) => message)).toEqual([
        'The zip does not hold the bytes of "missing.pdf".',
        expect.stringMatching(/"wrong\.pdf".*SHA-256/),
        expect.stringContaining('not in the file'),
        expect.stringContaining(NOWHERE),
      ])
    })

    it('brings the bytes of attachments that its JSON has brought without', async () => {
      const uploads = await temporaryFolder()
      await importFile(ctx, JSON.stringify({ ...DATA, files }), {}, 'JSON', uploads)
      const lost = () => ctx.db.selectFrom('attachments').select('filename').where('available', '=', false).execute()
      expect(await lost()).toHaveLength(5)
      await importFile(ctx, FILE, {}, 'ZIP', uploads)
      expect((await lost()).map(({ filename }) => filename).sort()).toEqual(['missing.pdf', 'wrong.pdf'])
    })

    it('keeps its files where attachments look for them', async () => {
      const uploads = await temporaryFolder()
      await importFile(ctx, FILE, {}, 'ZIP', uploads)
      const columns = ['purchase_id', 'kind', 'filename', 'mime_type', 'size', 'sha256', 'available'] as const
      const stored = await ctx.db
        .selectFrom('attachments')
        .select([...columns, 'created_at'])
        .orderBy('purchase_id')
        .orderBy('kind')
        .execute()
      const row = (purchase_id: string, kind: string, filename: string, bytes: Buffer, available = true) => ({
        purchase_id,
        kind,
        filename,
        size: bytes.length,
        available,
        mime_type: filename.endsWith('png') ? 'image/png' : 'application/pdf',
        created_at: '2026-01-16T10:00:00Z',
      })
      expect(stored).toEqual([
        { ...row(ESPRESSO, 'PHOTO', 'it.png', photo), sha256: hashOf(photo) },
        { ...row(ESPRESSO, 'RECEIPT', 'Rechnung März.pdf', bill), sha256: hashOf(bill) },
        { ...row(TEA, 'MANUAL', 'wrong.pdf', Buffer.from('other bytes'), false), sha256: wrong },
        { ...row(LAMP, 'OTHER', 'copy.pdf', bill), sha256: hashOf(bill) },
        { ...row(LAMP, 'WARRANTY', 'missing.pdf', Buffer.alloc(0), false), sha256: missing },
      ])
      const blobs = localFiles(uploads)
      for (const bytes of [bill, photo]) {
        expect(Buffer.concat(await (await blobs.open(hashOf(bytes))).toArray())).toEqual(bytes)
      }
      for (const sha256 of [wrong, missing]) expect(await blobs.has(sha256)).toBe(false)
    })
  })
})
