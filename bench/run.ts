/*
 * Measures what a request costs the server, beside the least that could answer it and beside itself on less data.
 *
 *     pnpm bench [--full | --purchases N --attachments N] [--rounds N] [--only TEXT,TEXT]
 *
 * Databases of 10,000 and 100,000 purchases are measured, and a largest one of N; `--full` is one of 1,000,000, which
 * takes minutes to generate the first time. Backups are of 1,000 files (200 MB), or in full of 10,000 (2 GB). `--only`
 * takes the sections and rows whose names contain one of the texts;
 * only a run of everything writes results.md.
 */
import { deepStrictEqual } from 'node:assert/strict'
import { rmSync } from 'node:fs'
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { measureBackup } from './backup.ts'
import { copyBareDatabase, copyDatabase, generatedDatabase } from './databases.ts'
import { readJson, send } from './load.ts'
import { measure } from './measure.ts'
import { measureMixedLoad } from './mixed-load.ts'
import { measurePages } from './pages.ts'
import { measureMemory } from './peak-memory.ts'
import { comparePlainAnswers } from './plain-answers.ts'
import { createBareCopy, createFilled, startPostgres } from './postgres.ts'
import * as report from './report.ts'
import { LIST_20, SUMMARY } from './requests.ts'
import { GROWTH_ROWS, PAIR_ROWS, type PairRow, SEARCH_ROWS, SERVER_ROWS } from './rows.ts'
import { readSample } from './sample.ts'
import { type Server, startBare, startOurs } from './server.ts'
import { measureStarts } from './start-time.ts'
import { measureTransferMemory, TRANSFER_ROWS } from './transfer.ts'

const SMALL = 10_000
/** The size at which the product is held against bare handlers. */
const COMPARED = 100_000

const { values } = parseArgs({
  options: {
    full: { type: 'boolean', default: false },
    purchases: { type: 'string', default: '100000' },
    rounds: { type: 'string', default: '20' },
    attachments: { type: 'string', default: '1000' },
    only: { type: 'string', default: '' },
  },
})
const largest = values.full ? 1_000_000 : wholeNumber('purchases', values.purchases)
const rounds = wholeNumber('rounds', values.rounds)
const attachments = values.full ? SMALL : wholeNumber('attachments', values.attachments)
const wanted = values.only.toLowerCase().split(',')
const sizes = [...new Set([SMALL, COMPARED, largest])].sort((a, b) => a - b)

const build = await productBuild()
const folder = await mkdtemp(join(tmpdir(), 'spends-bench-run-'))
const running: { stop(): Promise<void> }[] = []
// The servers end by themselves when this process does.
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    rmSync(folder, { recursive: true, force: true })
    process.exit(1)
  })
}
try {
  const files = new Map<number, string>()
  for (const size of sizes) files.set(size, await generatedDatabase(size, say))
  const sections: report.Section[] = []
  for (const section of [
    againstBare,
    searchAgainstScan,
    conditional,
    overServer,
    growth,
    starts,
    pages,
    transfer,
    memory,
    transferMemory,
    mixedLoad,
    backup,
  ]) {
    const all = [await section((size) => files.get(size) ?? '')].flat()
    await stopAll()
    for (const done of all.filter(({ lines }) => lines.length > 0)) {
      sections.push(done)
      say(`\n${done.title}\n${report.formatTable(done)}`)
    }
  }
  if ((await productBuild()) !== build) {
    say('The product was built anew meanwhile, so the rows are not of one version: results.md stays as it was.')
  } else if (values.only === '') {
    await writeFile(new URL('results.md', import.meta.url), report.formatResults(sections, rounds))
  }
} finally {
  await stopAll()
  await rm(folder, { recursive: true, force: true })
}

/** Size -> the generated file, which is not to be written. */
type Files = (size: number) => string

async function againstBare(file: Files): Promise<report.Section> {
  const title = 'Against a bare handler'
  const rows = PAIR_ROWS.filter(({ name }) => isWanted(title, name))
  const lines =
    rows.length === 0 ? [] : await measurePairs(rows, await startPair(file(COMPARED), 'pair'), file(COMPARED))
  const text = `Bare is a Hono handler with hand-written prepared statements that answers the same JSON from a copy of the same ${report.inWords(COMPARED)} purchases. It checks little. When it reads it has the kept figures too; when it writes it keeps rows and indexes only, and has no index of texts.`
  return report.pairSection(title, text, 'bare', lines)
}

async function searchAgainstScan(file: Files): Promise<report.Section> {
  const title = 'Search against a plain scan'
  const rows = SEARCH_ROWS.filter(({ name }) => isWanted(title, name))
  const lines =
    rows.length === 0 ? [] : await measurePairs(rows, await startPair(file(COMPARED), 'scan'), file(COMPARED))
  const text = `The scan is a bare handler that looks with LIKE at every row which the other filters leave, for the page and for the total, among ${report.inWords(COMPARED)} purchases.`
  return report.pairSection(title, text, 'scan', lines)
}

async function overServer(file: Files): Promise<report.Section> {
  const title = 'Over PostgreSQL'
  const rows = SERVER_ROWS.filter(({ name }) => isWanted(title, name))
  const lines = rows.length === 0 ? [] : await measurePairs(rows, await startServerPair(file(COMPARED)), file(COMPARED))
  const text = `Bare is the same handler with hand-written queries of \`pg\`. Both have a pool of ten connections. Only their own processes are counted, not the database server. ${report.inWords(COMPARED)} purchases.`
  return report.pairSection(title, text, 'bare', lines)
}

async function conditional(file: Files): Promise<report.Section> {
  const title = 'Answers that the caller knows'
  const requests = { 'list 20 + total': LIST_20, summary: SUMMARY }
  const lines: report.Line[] = []
  for (const [name, call] of Object.entries(requests)) {
    if (!isWanted(title, name)) continue
    const server = await started(
      startOurs(await copyDatabase(file(COMPARED), join(folder, `known-${lines.length}.db`))),
    )
    const etag = String((await send(server.url, call)).headers.etag)
    const again = { ...call, headers: { 'if-none-match': etag } }
    deepStrictEqual((await send(server.url, again)).status, 304)
    const sides = [again, call].map((each) => ({ server, call: () => each }))
    lines.push({ name, measured: await measure(sides, rounds), target: undefined })
  }
  const text =
    'The product alone: a request whose `If-None-Match` holds, answered with 304, beside the same without it.'
  return report.pairSection(title, text, 'in full', lines)
}

async function growth(file: Files): Promise<report.Section> {
  const title = 'Growth'
  const rows = GROWTH_ROWS.filter(({ name }) => isWanted(title, name))
  const largestFirst = sizes.toReversed()
  const parties: { server: Server; sample: Awaited<ReturnType<typeof readSample>> }[] = []
  for (const size of rows.length === 0 ? [] : largestFirst) {
    const server = await started(startOurs(await copyDatabase(file(size), join(folder, `growth-${size}.db`))))
    await comparePlainAnswers(server, file(size))
    parties.push({ server, sample: await readSample(server, size) })
  }
  const lines: report.Line[] = []
  for (const { name, call, target } of rows) {
    say(name)
    const sides = parties.map(({ server, sample }) => ({ server, call: (number: number) => call(number, sample) }))
    lines.push({ name, measured: await measure(sides, rounds), target })
  }
  const text =
    'The product alone, on databases of different sizes. The targets are for 1M against 10k; another largest size is held against them all the same.'
  return report.growthSection(title, text, largestFirst, lines)
}

async function starts(file: Files): Promise<report.Section> {
  const times = isWanted('Start', '') ? await measureStarts(sizes.map(file), folder) : []
  const section = report.startSection(sizes, times)
  return times.length === 0 ? { ...section, lines: [] } : section
}

async function pages(file: Files): Promise<report.Section> {
  const times = isWanted('Pages', '') ? await measurePages(sizes.map(file), folder) : []
  return report.pagesSection(sizes, times)
}

async function transfer(file: Files): Promise<report.Section> {
  const title = 'Import and export'
  const lines: report.Line[] = []
  for (const { name, target, measure } of TRANSFER_ROWS) {
    if (!isWanted(title, name)) continue
    say(name)
    lines.push({ name, measured: await measure(file(COMPARED), COMPARED, folder), target })
  }
  const text = `Microseconds for one of ${report.inWords(COMPARED)} purchases, on the way between a database and a CSV file. Bare writes the same rows by prepared inserts, one a row, in one transaction, to tables with their indexes: no reading, no checks, no kept figures, no index of texts, nothing to undo it by. It reads all by one query, and writes the same lines to the socket.`
  return report.pairSection(title, text, 'bare', lines)
}

async function transferMemory(file: Files): Promise<report.Section> {
  if (!isWanted('Memory of import and export', '')) return report.transferMemorySection([])
  return report.transferMemorySection(
    await measureTransferMemory(
      sizes.filter((size) => size >= COMPARED),
      file,
      folder,
    ),
  )
}

async function memory(file: Files): Promise<report.Section> {
  const size = Math.max(...sizes)
  if (!isWanted('Memory', '')) return report.memorySection([])
  const server = await started(startOurs(await copyDatabase(file(size), join(folder, 'memory.db'))))
  return report.memorySection([[size, await measureMemory(server, await readSample(server, size))]])
}

async function mixedLoad(file: Files): Promise<report.Section> {
  const lines: [number, Awaited<ReturnType<typeof measureMixedLoad>>][] = []
  for (const size of sizes.filter((size) => size >= COMPARED && isWanted('Mixed load', ''))) {
    const server = await started(startOurs(await copyDatabase(file(size), join(folder, `mixed-${size}.db`))))
    const load = await measureMixedLoad(server, await readSample(server, size))
    for (const error of new Set(load.errors)) say(`mixed load: ${error}`)
    lines.push([size, load])
  }
  return report.mixedSection(lines)
}

async function backup(file: Files): Promise<report.Section[]> {
  if (!isWanted('Backup', '') && !isWanted('Memory of backup and restore', '')) return []
  return measureBackup(file(SMALL), attachments, { folder, say })
}

interface Pair {
  ours: Server
  bare: Server
}

async function startPair(file: string, name: string): Promise<Pair> {
  return {
    ours: await started(startOurs(await copyDatabase(file, join(folder, `${name}-ours.db`)))),
    bare: await started(startBare(await copyBareDatabase(file, join(folder, `${name}-bare.db`)))),
  }
}

async function startServerPair(file: string): Promise<Pair> {
  const server = await started(startPostgres())
  const ours = await createFilled(server, 'ours', file)
  const bare = await createBareCopy(server, 'bare', 'ours')
  return { ours: await started(startOurs(ours)), bare: await started(startBare(bare)) }
}

/** @throws AssertionError when an answer is not the bare handler's, or not what plain SQL says */
async function measurePairs(rows: readonly PairRow[], { ours, bare }: Pair, file: string): Promise<report.Line[]> {
  await comparePlainAnswers(ours, file)
  const sample = await readSample(ours, COMPARED)
  const lines: report.Line[] = []
  for (const row of rows) {
    say(row.name)
    for (let number = 0; number < row.compared; number += 1) {
      const ourBody = await readJson(ours.url, row.ours(number, sample))
      const bareBody = await readJson(bare.url, row.bare(number, sample))
      deepStrictEqual(row.oursCompared?.(ourBody) ?? ourBody, row.bareCompared?.(bareBody) ?? bareBody)
    }
    const sides = [
      { server: ours, call: (number: number) => row.ours(row.compared + number, sample) },
      { server: bare, call: (number: number) => row.bare(row.compared + number, sample) },
    ]
    lines.push({ name: row.name, measured: await measure(sides, rounds), target: row.target })
  }
  return lines
}

/** The last started is the first to be stopped. */
async function started<T extends { stop(): Promise<void> }>(starting: Promise<T>): Promise<T> {
  const server = await starting
  running.push(server)
  return server
}

async function stopAll(): Promise<void> {
  for (const server of running.splice(0).reverse()) await server.stop()
}

/** Changes when the product is built anew. */
async function productBuild(): Promise<string> {
  const built = ['packages/db', 'packages/core', 'apps/api'].map((path) => `../${path}/dist/.tsbuildinfo`)
  const times = await Promise.all(built.map(async (path) => (await stat(new URL(path, import.meta.url))).mtimeMs))
  return times.join()
}

function isWanted(section: string, row: string): boolean {
  const name = `${section}: ${row}`.toLowerCase()
  return wanted.some((text) => name.includes(text))
}

function wholeNumber(name: string, text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new Error(`--${name} must be a whole number above 0, not ${text}`)
  return Number(text)
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}
