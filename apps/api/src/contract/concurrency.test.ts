import { describeEachEngine } from '@spends/db/testing'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type SpawnedServer, spawnServer } from '../testing.ts'

const WRITERS = 200
const bought = { product_name: 'Clock', price: '1.00', purchase_date: '2026-03-01' }
const coverage = { warranty_start: '2026-03-01', warranty_end: '2027-03-01' }

interface Answer {
  status: number
  body: { id: string; version: number; quantity: number; product_name: string; code: string; [field: string]: unknown }
}

async function send(method: string, address: string, json?: unknown): Promise<Answer> {
  const response = await fetch(address, {
    method,
    ...(json === undefined ? {} : { body: JSON.stringify(json), headers: { 'Content-Type': 'application/json' } }),
  })
  return { status: response.status, body: (response.status === 204 ? {} : await response.json()) as Answer['body'] }
}

const times = <T>(count: number, make: (at: number) => T) => Array.from({ length: count }, (_, at) => make(at))
const statusesOf = (answers: readonly Answer[]) => answers.map(({ status }) => status)
const countOf = (answers: readonly Answer[], wanted: number) =>
  statusesOf(answers).filter((status) => status === wanted).length

describeEachEngine('many writers at once, on two servers with one database', ({ createDatabaseUrl }) => {
  let servers: SpawnedServer[] = []
  beforeAll(async () => {
    const DATABASE_URL = await createDatabaseUrl()
    servers = await Promise.all([spawnServer({ env: { DATABASE_URL } }), spawnServer({ env: { DATABASE_URL } })])
  })
  afterAll(async () => {
    const ended = await Promise.all(servers.map((server) => server.stop()))
    for (const { code, stdout } of ended) {
      expect(code).toBe(0)
      expect(stdout).not.toMatch(/"level":(50|60)/)
    }
  })

  /** An address on the first server. */
  const first = (path: string) => `${servers[0]?.url}/api/${path}`
  /** An address on either server, by turns. */
  const either = (path: string, turn: number) => `${servers[turn % 2]?.url}/api/${path}`

  async function listAll(query: string): Promise<Answer['body'][]> {
    const all: Answer['body'][] = []
    for (;;) {
      const { body } = await send('GET', first(`purchases?limit=100&skip=${all.length}&${query}`))
      const items = body.items as Answer['body'][]
      all.push(...items)
      if (all.length >= Number(body.total) || items.length === 0) return all
    }
  }

  async function buy(more: object = {}): Promise<Answer['body']> {
    const { status, body } = await send('POST', first('purchases'), { ...bought, ...more })
    expect(status).toBe(201)
    return body
  }

  it.each([
    ['one server', (path: string) => first(path)],
    ['two servers', either],
  ])('no purchase made on %s is lost or doubled', async (name, address) => {
    const answers = await Promise.all(
      times(WRITERS, (at) =>
        send('POST', address('purchases', at), {
          ...bought,
          product_name: `${name} ${at}`,
          tags: [`${name}-${at}`],
          warranty: { ...coverage, provider: `${name} ${at}` },
        }),
      ),
    )
    expect(new Set(statusesOf(answers))).toEqual(new Set([201]))
    const stored = await listAll(`search=${encodeURIComponent(name)}`)
    const key = ({ id, product_name }: Answer['body']) => `${id} ${product_name}`
    expect(stored.map(key).sort()).toEqual(answers.map(({ body }) => key(body)).sort())
    expect(stored.map((purchase) => purchase.tags)).toEqual(
      stored.map(({ product_name }) => [product_name.replace(`${name} `, `${name}-`)]),
    )
    expect(stored.map(({ warranty }) => warranty)).toEqual(
      stored.map(({ product_name }) => expect.objectContaining({ provider: product_name })),
    )
  })

  it.each([
    ['one server', (path: string) => first(path)],
    ['two servers', either],
  ])('changes without a version on %s queue: each is one version, the last one stays', async (_, address) => {
    const purchases = await Promise.all(times(4, () => buy()))
    const answers = await Promise.all(
      times(WRITERS, (at) => send('PUT', address(`purchases/${purchases[at % 4]?.id}`, at >> 2), { quantity: at + 2 })),
    )
    expect(new Set(statusesOf(answers))).toEqual(new Set([200]))
    for (const { id } of purchases) {
      const versions = answers.filter(({ body }) => body.id === id).map(({ body }) => body.version)
      expect(versions.sort((a, b) => a - b)).toEqual(times(WRITERS / 4, (at) => at + 2))
      const last = answers.find(({ body }) => body.id === id && body.version === WRITERS / 4 + 1)
      expect((await send('GET', first(`purchases/${id}`))).body).toEqual(last?.body)
    }
  })

  it('changes of different fields do not undo each other', async () => {
    const { id } = await buy()
    const fields = ['notes', 'model_number', 'serial_number', 'order_number', 'return_policy']
    const rounds = 8
    const answers = await Promise.all(
      times(rounds * fields.length, (at) =>
        send('PUT', either(`purchases/${id}`, at), { [fields[at % fields.length] ?? '']: `set ${at}` }),
      ),
    )
    expect(new Set(statusesOf(answers))).toEqual(new Set([200]))
    const { body } = await send('GET', first(`purchases/${id}`))
    expect(body.version).toBe(1 + rounds * fields.length)
    expect(fields.map((field) => /^set \d+$/.test(String(body[field])))).toEqual(fields.map(() => true))
  })

  it('with a version exactly one of many wins, each time', async () => {
    const { id } = await buy()
    for (const version of [1, 2, 3, 4, 5]) {
      const answers = await Promise.all(
        times(20, (at) => send('PUT', either(`purchases/${id}`, at), { version, notes: `${version} ${at}` })),
      )
      expect([countOf(answers, 200), countOf(answers, 412)]).toEqual([1, 19])
      const winner = answers.find(({ status }) => status === 200)
      expect((await send('GET', first(`purchases/${id}`))).body).toEqual(winner?.body)
    }
  })

  it('of many warranties for one purchase it gets one', async () => {
    const { id } = await buy()
    const answers = await Promise.all(
      times(20, (at) => send('POST', either('warranties', at), { purchase_id: id, ...coverage })),
    )
    expect([countOf(answers, 201), countOf(answers, 409)]).toEqual([1, 19])
    const winner = answers.find(({ status }) => status === 201)
    expect((await send('GET', first(`purchases/${id}`))).body.warranty).toMatchObject({
      id: winner?.body.id,
      version: 1,
    })
  })

  it('of many retailers and brands with one name one is made', async () => {
    for (const path of ['retailers', 'brands']) {
      const names = ['Ömer', 'ÖMER', 'ömer', ' O\u0308mer ']
      const answers = await Promise.all(times(20, (at) => send('POST', either(path, at), { name: names[at % 4] })))
      expect([countOf(answers, 201), countOf(answers, 409)]).toEqual([1, 19])
    }
  })

  it('a retailer that is deleted while purchases choose it leaves none behind that leads nowhere', async () => {
    const other = (await send('POST', first('retailers'), { name: 'Stays' })).body.id
    for (const round of times(3, (at) => at)) {
      const gone = (await send('POST', first('retailers'), { name: `Goes ${round}` })).body.id
      const answers = await Promise.all(
        times(30, (at) =>
          at === 15
            ? send('DELETE', either(`retailers/${gone}?reassign_to=${other}`, at))
            : send('POST', either('purchases', at), { ...bought, product_name: `Round ${round}`, retailer_id: gone }),
        ),
      )
      const deleted = answers[15]?.status === 204
      // On a busy server a purchase may slip in between: then the retailer is still in use, and stays.
      expect([204, 409]).toContain(answers[15]?.status)
      expect(statusesOf(answers).filter((status) => ![201, 204, 409, 422].includes(status))).toEqual([])
      const stored = await listAll(`search=${encodeURIComponent(`Round ${round}`)}`)
      expect(stored).toHaveLength(countOf(answers, 201))
      if (deleted)
        expect(new Set(stored.map(({ retailer_id }) => retailer_id))).toEqual(new Set(stored.length > 0 ? [other] : []))
    }
  })

  it('a purchase that many delete is deleted once', async () => {
    const { id } = await buy({ warranty: coverage })
    const answers = await Promise.all(times(20, (at) => send('DELETE', either(`purchases/${id}`, at))))
    expect([countOf(answers, 204), countOf(answers, 404)]).toEqual([1, 19])
  })
})
