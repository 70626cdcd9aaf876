import { deepStrictEqual } from 'node:assert/strict'
import { cp, mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { addAttachments } from './attachments.ts'
import { type Cost, isThere, run, runOurs } from './commands.ts'
import { copyDatabase } from './databases.ts'
import { readJson, send, sendFile } from './load.ts'
import { median, quantile } from './measure.ts'
import { judge, type Section } from './report.ts'
import type { Target } from './rows.ts'
import { type Server, startOurs } from './server.ts'

const ROUNDS = 3
const DATABASE = 'spends_tracker.db'
/** The mean size of a file: 10,000 of them are 2 GB. */
const MEAN_BYTES = 200_000

const ROWS: readonly { name: string; ours: Work; theirs: readonly Work[]; target?: Target }[] = [
  { name: 'backup and its proof / zip -r', ours: 'backup', theirs: ['zip'], target: { atMost: 1.5 } },
  { name: 'backup and its proof / cp -r and zip -r', ours: 'backup', theirs: ['cp', 'zip'] },
  { name: 'backup and its proof / zip -r -0', ours: 'backup', theirs: ['zip -0'] },
  { name: 'proof alone / unzip -t', ours: 'verify', theirs: ['unzip -t'] },
  { name: 'restore / unzip', ours: 'restore', theirs: ['unzip'] },
]

type Work = 'backup' | 'verify' | 'restore' | 'cp' | 'zip' | 'zip -0' | 'unzip -t' | 'unzip'
type Peaks = Record<string, number>

/**
 * Backup, proof and restore of that many files beside the usual programs, which take turns with them on the same data.
 * @param database with at least as many purchases as files
 * @param folder for everything; several times the size of the files
 */
export async function measureBackup(
  database: string,
  files: number,
  { folder, say }: { folder: string; say: (line: string) => void },
): Promise<Section[]> {
  const data = join(folder, 'backup')
  await mkdir(data)
  await copyDatabase(database, join(data, DATABASE))
  await addAttachments(join(data, DATABASE), join(data, 'uploads'), { files, bytes: files * MEAN_BYTES })
  const hasZip = isThere('zip') && isThere('unzip')
  if (!hasZip) say('There is no zip or no unzip on this machine, so there is nothing to hold backups against.')
  const rounds: Partial<Record<Work, Cost>>[] = []
  const peaks: Peaks = {}
  while (rounds.length < ROUNDS) {
    say(`backup of ${files} files, round ${rounds.length + 1} of ${ROUNDS}`)
    rounds.push({ ...(hasZip ? await theirRound(data, folder) : {}), ...(await ourRound(data, folder, peaks)) })
  }
  await serverPeaks(data, folder, peaks)
  await rm(data, { recursive: true })
  const size = `${files.toLocaleString('en')} files of ${(files * MEAN_BYTES) / 1e6} MB together`
  return [timeSection(size, rounds), memorySection(size, peaks)]
}

async function theirRound(data: string, folder: string): Promise<Partial<Record<Work, Cost>>> {
  const [copy, place] = [join(folder, 'copy'), join(folder, 'unzipped')]
  await mkdir(copy)
  const costs = {
    cp: await run('cp', ['-r', 'uploads', DATABASE, copy], data),
    zip: await run('zip', ['-q', '-r', '../packed.zip', '.'], copy),
    'zip -0': await run('zip', ['-q', '-r', '-0', '../stored.zip', '.'], copy),
    'unzip -t': await run('unzip', ['-q', '-t', 'packed.zip'], folder),
    unzip: await run('unzip', ['-q', 'packed.zip', '-d', place], folder),
  }
  for (const made of ['copy', 'unzipped', 'packed.zip', 'stored.zip']) await rm(join(folder, made), { recursive: true })
  return costs
}

async function ourRound(data: string, folder: string, peaks: Peaks): Promise<Partial<Record<Work, Cost>>> {
  const place = join(folder, 'restored')
  await rm(join(data, 'backups'), { recursive: true, force: true })
  const backup = await runOurs(['backup'], data)
  const verify = await runOurs(['verify', 'latest'], data)
  const restore = await runOurs(['restore', await backupOf(data), '--yes'], place)
  deepStrictEqual(await countFiles(place), await countFiles(data))
  await rm(place, { recursive: true })
  for (const [name, { peak }] of Object.entries({ backup, verify, restore })) {
    peaks[`spends ${name}`] = Math.max(peaks[`spends ${name}`] ?? 0, peak)
  }
  return { backup, verify, restore }
}

/** The same as jobs of a server, each in one of its own: a backup, and a restore of what is sent to an empty one. */
async function serverPeaks(data: string, folder: string, peaks: Peaks): Promise<void> {
  const [from, place] = [await backupOf(data), join(folder, 'served')]
  const kept = join(folder, 'kept.zip')
  await cp(from, kept)
  await rm(join(data, 'backups'), { recursive: true })
  await withServer(data, async (server) => {
    peaks['server, idle'] = (await server.memory()).peak
    const { body } = await send(server.url, { method: 'POST', path: '/api/backup/create', body: {} })
    await finishJob(server, JSON.parse(body))
    peaks['server, backup'] = (await server.memory()).peak
  })
  await mkdir(place)
  await withServer(place, async (server) => {
    await finishJob(server, await sendFile(server.url, '/api/backup/restore', kept, 'application/zip'))
    peaks['server, restore of a file that is sent'] = (await server.memory()).peak
  })
  deepStrictEqual(await countFiles(place), await countFiles(data))
  await rm(place, { recursive: true })
}

async function withServer(data: string, work: (server: Server) => Promise<void>): Promise<void> {
  const server = await startOurs(join(data, DATABASE), data)
  await work(server).finally(server.stop)
}

async function finishJob(server: Server, job: unknown): Promise<void> {
  const { id } = job as { id: string }
  for (;;) {
    // While the rows are replaced, the server answers no request.
    const found = await readJson(server.url, { method: 'GET', path: `/api/jobs/${id}` }).catch((error: Error) => {
      if (!/ 503:/.test(error.message)) throw error
    })
    const { status = 'RUNNING' } = (found ?? {}) as { status?: string }
    if (status === 'SUCCEEDED') return
    if (status !== 'QUEUED' && status !== 'RUNNING') throw new Error(`the job ended as ${status}`)
    await setTimeout(200)
  }
}

async function backupOf(data: string): Promise<string> {
  const name = (await readdir(join(data, 'backups'))).find((name) => name.endsWith('.zip'))
  if (name === undefined) throw new Error('there is no backup')
  return join(data, 'backups', name)
}

async function countFiles(data: string): Promise<number> {
  const found = await readdir(join(data, 'uploads'), { recursive: true, withFileTypes: true })
  return found.filter((entry) => entry.isFile()).length
}

function timeSection(size: string, rounds: readonly Partial<Record<Work, Cost>>[]): Section {
  return {
    title: 'Backup',
    text: `Seconds by the clock for ${size}, half of them text and half that cannot be packed, and 10k purchases. Ours is the command line in a process of its own: it hashes and stores the files, then reads the backup again and loads its rows; \`zip -r\` packs them, \`zip -r -0\` stores them, and neither reads again. A restore proves the backup twice and waits for the disk at every file; \`unzip\` does not. All take turns; medians of ${rounds.length} rounds, and ratios are medians of the rounds' own.`,
    columns: ['work', 'ours, s', 'theirs, s', 'ours / theirs', 'of the rounds', 'CPU ratio', 'target', 'verdict'],
    lines: ROWS.flatMap(({ name, ours, theirs, target }) => {
      const pairs = rounds.flatMap((round) => {
        const mine = round[ours]
        const costs = theirs.flatMap((work) => round[work] ?? [])
        if (!mine || costs.length < theirs.length) return []
        const sum = (of: keyof Cost) => costs.reduce((total, cost) => total + cost[of], 0)
        return [{ mine, seconds: sum('seconds'), ratio: mine.seconds / sum('seconds'), cpu: mine.cpu / sum('cpu') }]
      })
      if (pairs.length === 0) return []
      const ratios = pairs.map(({ ratio }) => ratio)
      return [
        [
          name,
          median(pairs.map(({ mine }) => mine.seconds)).toFixed(1),
          median(pairs.map(({ seconds }) => seconds)).toFixed(1),
          median(ratios).toFixed(2),
          `${quantile(ratios, 0).toFixed(2)} to ${quantile(ratios, 1).toFixed(2)}`,
          median(pairs.map(({ cpu }) => cpu)).toFixed(2),
          ...judge(median(ratios), target),
        ],
      ]
    }),
  }
}

function memorySection(size: string, peaks: Peaks): Section {
  return {
    title: 'Memory of backup and restore',
    text: `Resident memory of the process at most, from its start to the end of the work: ${size}. A process of its own is the command line; a server does the same as a job.`,
    columns: ['process', 'peak, MB', 'target', 'verdict'],
    lines: Object.entries(peaks).map(([name, peak]) => [
      name,
      peak.toFixed(0),
      ...judge(peak, name.endsWith('idle') ? undefined : { atMost: 200 }),
    ]),
  }
}
