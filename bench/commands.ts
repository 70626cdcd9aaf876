import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { AS_STARTED } from './server.ts'

/** What one run of a program took. */
export interface Cost {
  /** By the clock. */
  seconds: number
  /** Of CPU, user and system, on all threads; counted by Linux in hundredths. */
  cpu: number
}

const probe = import.meta.resolve('./peak-probe.ts')
const cli = fileURLToPath(new URL('../apps/api/dist/cli.js', import.meta.url))

/** Whether there is such a program on this machine. */
export function isThere(program: string): boolean {
  return spawnSync(program, ['-h'], { stdio: 'ignore' }).error === undefined
}

/** Runs a program to its end. @throws Error when it fails */
export async function run(program: string, args: readonly string[], folder: string): Promise<Cost> {
  return timed(() => finish(spawn(program, args, { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] }), program))
}

/** Runs `spends` on the data of a folder. @returns also the most memory it had, in MB */
export async function runOurs(words: readonly string[], data: string): Promise<Cost & { peak: number }> {
  let kilobytes = ''
  const cost = await timed(async () => {
    const child = spawn(process.execPath, [...AS_STARTED, '--import', probe, cli, ...words], {
      env: { NODE_ENV: 'production', DATA_DIR: data },
      stdio: ['ignore', 'ignore', 'inherit', 'pipe'],
    })
    const said = text(child.stdio[3] as NodeJS.ReadableStream)
    await finish(child, 'spends')
    kilobytes = await said
  })
  return { ...cost, peak: Number(kilobytes) / 1024 }
}

async function timed(work: () => Promise<void>): Promise<Cost> {
  // What the turn before has left to be written is not to be paid for by this one.
  spawnSync('sync')
  const [begin, before] = [performance.now(), cpuOfChildren()]
  await work()
  return { seconds: (performance.now() - begin) / 1000, cpu: cpuOfChildren() - before }
}

async function finish(child: ReturnType<typeof spawn>, program: string): Promise<void> {
  const [code] = (await once(child, 'exit')) as [number | null]
  if (code !== 0) throw new Error(`${program} ended with ${code}`)
}

/** Seconds that the children of this process took that have ended: the 16th and 17th field, in hundredths. */
function cpuOfChildren(): number {
  const fields = readFileSync('/proc/self/stat', 'utf8')
    .replace(/^.*\) /, '')
    .split(' ')
  return (Number(fields[13]) + Number(fields[14])) / 100
}
