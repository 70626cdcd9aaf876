import { connectDatabase } from '@spends/db'
import { describeEachEngine } from '@spends/db/testing'
import { beforeEach, describe, expect, it } from 'vitest'
import { startTestApp, type TestApp } from '../testing.ts'
import { coverage, restOf } from './verbs.ts'
import { OPERATIONS } from './world.ts'

const CONDITIONAL = [...OPERATIONS.values()]
  .filter(({ rest }) => rest.conditional)
  .map(
    ({ rest }) =>
      `/api${rest.path}${rest.path.endsWith('by-period') ? '?date_from=2026-01-01&date_to=2026-01-31' : ''}`,
  )
const SUMMARY = '/api/analytics/summary'

describeEachEngine('conditional reading', ({ openDatabase, createDatabaseUrl }) => {
  let server: TestApp
  let now: Date
  let tag: string | null
  const { ask, readAgain, post, put, remove, buy } = restOf(() => ({ server }))

  beforeEach(async () => {
    now = new Date('2026-03-15T10:20:30Z')
    server = await startTestApp(await openDatabase(), { now: () => now })
  })

  it('is possible for every list, all figures and the settings, and for no single thing', () => {
    expect(CONDITIONAL.map((path) => path.replace('/api/', '').split('?')[0]).sort()).toEqual([
      'analytics/brands',
      'analytics/recent-purchases',
      'analytics/recent-warranties',
      'analytics/retailers',
      'analytics/spending',
      'analytics/spending/by-period',
      'analytics/summary',
      'analytics/top-products',
      'analytics/warranties/summary',
      'analytics/warranties/timeline',
      'brands',
      'purchases',
      'retailers',
      'settings',
      'tags',
      'warranties',
      'warranties/expiring',
    ])
  })

  it.each(CONDITIONAL)('%s is not sent again while nothing changed', async (path) => {
    await buy({ warranty: coverage })
    const { headers, status } = await ask(path)
    tag = headers.get('ETag')
    expect([status, headers.get('Cache-Control')]).toEqual([200, 'private, no-cache'])
    expect(tag).toMatch(/^W\/"[\w-]{27}"$/)

    const again = await readAgain(path, tag)
    expect([again.status, again.text, again.headers.get('ETag')]).toEqual([304, '', tag])
    expect(again.headers.get('Cache-Control')).toBe('private, no-cache')

    await buy()
    const changed = await readAgain(path, tag)
    expect(changed.status).toBe(200)
    expect(changed.headers.get('ETag')).not.toBe(tag)
  })

  describe('sends it again after', () => {
    it.each<[string, (id: { purchase: string; warranty: string; retailer: string }) => Promise<{ status: number }>]>([
      [
        'a new purchase',
        () => post('/api/purchases', { product_name: 'Cup', price: '1', purchase_date: '2026-03-01' }),
      ],
      ['a changed purchase', ({ purchase }) => put(`/api/purchases/${purchase}`, { notes: 'x' })],
      ['changed tags', ({ purchase }) => put(`/api/purchases/${purchase}`, { tags: ['x'] })],
      ['a purchase that is gone', ({ purchase }) => remove(`/api/purchases/${purchase}`)],
      ['a changed warranty', ({ warranty }) => put(`/api/warranties/${warranty}`, { status: 'VOIDED' })],
      ['a warranty changed with its purchase', ({ purchase }) => put(`/api/purchases/${purchase}`, { warranty: null })],
      ['a warranty that is gone', ({ warranty }) => remove(`/api/warranties/${warranty}`)],
      ['a new retailer', () => post('/api/retailers', { name: 'New shop' })],
      ['a renamed retailer', ({ retailer }) => put(`/api/retailers/${retailer}`, { name: 'New name' })],
      ['a retailer that is gone', ({ retailer }) => remove(`/api/retailers/${retailer}`)],
      ['a new brand', () => post('/api/brands', { name: 'New brand' })],
      ['changed settings', () => put('/api/settings', { base_currency: 'EUR' })],
    ])('%s', async (_, write) => {
      const bought = await buy({ warranty: coverage })
      const retailer = (await post('/api/retailers', { name: 'Shop' })).body.id
      tag = (await ask(SUMMARY)).headers.get('ETag')
      expect((await write({ purchase: bought.id, warranty: bought.warranty.id, retailer })).status).toBeLessThan(300)
      expect((await readAgain(SUMMARY, tag)).status).toBe(200)
    })

    it('a warranty for a purchase that had none', async () => {
      const { id } = await buy()
      tag = (await ask(SUMMARY)).headers.get('ETag')
      expect((await post('/api/warranties', { purchase_id: id, ...coverage })).status).toBe(201)
      expect((await readAgain(SUMMARY, tag)).status).toBe(200)
    })

    it('midnight in the time zone of the settings, when warranties end', async () => {
      await put('/api/settings', { time_zone: 'Asia/Tokyo' })
      await buy({ warranty: { warranty_start: '2026-01-01', warranty_end: '2026-03-15' } })
      now = new Date('2026-03-15T14:59:59Z')
      const before = await ask(SUMMARY)
      expect(before.body).toMatchObject({ active_warranties: 1, expired_warranties: 0 })
      now = new Date('2026-03-15T15:00:00Z')
      const after = await readAgain(SUMMARY, before.headers.get('ETag'))
      expect([after.status, after.body?.expired_warranties]).toEqual([200, 1])
    })
  })

  it('does not send it again after a write that changed nothing, or was refused', async () => {
    const { id, notes } = await buy({ notes: 'As it is' })
    tag = (await ask(SUMMARY)).headers.get('ETag')
    expect((await put(`/api/purchases/${id}`, { notes })).status).toBe(200)
    expect((await put('/api/settings', { base_currency: 'USD' })).status).toBe(200)
    expect((await post('/api/retailers', { name: 'ikea' })).status).toBe(409)
    expect((await readAgain(SUMMARY, tag)).status).toBe(304)
  })

  it('hears of what another process wrote, and agrees with it on tags', async () => {
    const url = await createDatabaseUrl()
    const databases = [connectDatabase({ url, dataDir: '' }), connectDatabase({ url, dataDir: '' })] as const
    try {
      const [one, other] = [
        await startTestApp(databases[0], { now: () => now }),
        await startTestApp(databases[1], { now: () => now }),
      ]
      server = one
      tag = (await ask(SUMMARY)).headers.get('ETag')
      server = other
      expect((await readAgain(SUMMARY, tag)).status).toBe(304)
      await buy()
      server = one
      const changed = await readAgain(SUMMARY, tag)
      expect([changed.status, changed.body.purchase_count]).toEqual([200, 1])
    } finally {
      for (const database of databases) await database.close()
    }
  })

  it('tells addresses apart', async () => {
    tag = (await ask('/api/purchases?limit=1')).headers.get('ETag')
    for (const path of ['/api/purchases', '/api/purchases?limit=2', '/api/warranties?limit=1', '/api/settings']) {
      const other = await readAgain(path, tag)
      expect([path, other.status]).toEqual([path, 200])
      expect(other.headers.get('ETag')).not.toBe(tag)
    }
    expect((await readAgain('/api/purchases?limit=1', tag)).status).toBe(304)
  })

  it('reads the header as HTTP writes it', async () => {
    tag = (await ask(SUMMARY)).headers.get('ETag')
    const strong = tag?.replace('W/', '') ?? ''
    for (const known of [strong, `"x", ${tag}`, `${strong},W/"y"`, ' * ', `W/"a,b" , ${tag}`]) {
      expect([known, (await readAgain(SUMMARY, known)).status]).toEqual([known, 304])
    }
    for (const unknown of [
      '',
      '"x"',
      strong.replaceAll('"', ''),
      `"x${strong.slice(1)}`,
      '"*"',
      'W/',
      strong.slice(0, -3),
    ]) {
      expect([unknown, (await readAgain(SUMMARY, unknown)).status]).toEqual([unknown, 200])
    }
  })

  it('refuses wrong parameters all the same', async () => {
    for (const path of ['/api/purchases?limit=101', `${SUMMARY}?colour=red`, '/api/settings?x=1']) {
      expect([path, (await readAgain(path, '*')).status]).toEqual([path, 422])
      expect((await ask(path)).headers.get('ETag')).toBeNull()
    }
  })

  it('answers HEAD as GET', async () => {
    tag = (await ask(SUMMARY)).headers.get('ETag')
    const head = (headers: Record<string, string>) => server.request(SUMMARY, { method: 'HEAD', headers })
    const full = await head({})
    expect([full.status, full.headers.get('ETag'), await full.text()]).toEqual([200, tag, ''])
    const none = await head({ 'If-None-Match': tag ?? '' })
    expect([none.status, none.headers.get('ETag'), await none.text()]).toEqual([304, tag, ''])
  })

  it('leaves single things alone: their tag is for writing', async () => {
    const { id } = await buy()
    const { status, headers } = await readAgain(`/api/purchases/${id}`, '"1"')
    expect([status, headers.get('ETag'), headers.get('Cache-Control')]).toEqual([200, '"1"', null])
  })

  it('gives tags that are not for writing', async () => {
    tag = (await ask('/api/settings')).headers.get('ETag')
    const { status, body } = await put('/api/settings', { locale: 'de-DE' }, { 'If-Match': tag ?? '' })
    expect([status, body.detail]).toEqual([412, 'What is here has no versions, so If-Match can not hold.'])
  })

  it('begins elsewhere in a database that takes the place of another one', async () => {
    tag = (await ask(SUMMARY)).headers.get('ETag')
    server = await startTestApp(await openDatabase(), { now: () => new Date(now.getTime() + 5000) })
    expect((await readAgain(SUMMARY, tag)).status).toBe(200)
  })
})
