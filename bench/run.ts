/*
 * Measures what a request costs the server, side by side with the least that could answer it.
 *
 *     pnpm bench [--purchases N] [--rounds N] [--rows TEXT,TEXT]
 *
 * `--rows` takes the rows whose names contain one of the texts; only a run of all rows writes results.md.
 */
import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { seededRandom } from '@spends/core/demo/random'
import { generateDatabase } from './generate.ts'
import { send } from './load.ts'
import { type Figures, measureRow, type Servers } from './measure.ts'
import { formatResults, formatRows, formatStart } from './report.ts'
import { ROWS, type Sample } from './rows.ts'
import { type Server, startBare, startOurs } from './server.ts'
import { measureStart } from './start-time.ts'

const START_ROUNDS = 7

const { values } = parseArgs({
  options: {
    purchases: { type: 'string', default: '100000' },
    rounds: { type: 'string', default: '20' },
    rows: { type: 'string', default: '' },
  },
})
const purchases = wholeNumber('purchases', values.purchases)
const rounds = wholeNumber('rounds', values.rounds)
const wanted = values.rows.toLowerCase().split(',')
const rows = ROWS.filter(({ name }) => wanted.some((text) => name.toLowerCase().includes(text)))

const folder = fileURLToPath(new URL('data/', import.meta.url))
const files = { ours: join(folder, 'ours.db'), bare: join(folder, 'bare.db') }
await rm(folder, { recursive: true, force: true })
await mkdir(folder)
try {
  const begin = performance.now()
  await generateDatabase(files.ours, purchases)
  const generated = performance.now() - begin
  say(`${purchases} purchases generated in ${(generated / 1000).toFixed(1)} s`)

  const start = await measureStart(files.ours, folder, START_ROUNDS)
  say(`start:\n${formatStart(start)}`)

  await copyFile(files.ours, files.bare)
  const figures = await measureRows()
  say(formatRows(figures))
  if (rows.length === ROWS.length) {
    const results = formatResults({ purchases, rounds, generated, start, rows: figures })
    await writeFile(new URL('results.md', import.meta.url), results)
  }
} finally {
  await rm(folder, { recursive: true, force: true })
}

async function measureRows(): Promise<Figures[]> {
  const [ours, bare] = [await startOurs(files.ours), await startBare(files.bare)]
  try {
    return await measureAll({ ours, bare }, await readSample(ours))
  } finally {
    await Promise.all([ours.stop(), bare.stop()])
  }
}

async function measureAll(servers: Servers, sample: Sample): Promise<Figures[]> {
  const figures: Figures[] = []
  for (const row of rows) {
    say(row.name)
    figures.push(await measureRow(row, servers, sample, rounds))
  }
  return figures
}

/** Ids from all over the database. */
async function readSample(server: Server): Promise<Sample> {
  const random = seededRandom(2)
  const lists = Array.from({ length: 50 }, () => `purchases?limit=20&skip=${random.below(Math.max(1, purchases - 20))}`)
  const [retailers, brands, ...pages] = await Promise.all(
    ['retailers', 'brands', ...lists].map((list) => readIds(server, list)),
  )
  return { retailers: retailers ?? [], brands: brands ?? [], purchases: pages.flat() }
}

async function readIds({ url }: Server, list: string): Promise<string[]> {
  const { items } = JSON.parse(await send(url, { method: 'GET', path: `/api/${list}` })) as { items: { id: string }[] }
  return items.map(({ id }) => id)
}

function wholeNumber(name: string, text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new Error(`--${name} must be a whole number above 0, not ${text}`)
  return Number(text)
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}
