import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import pg from 'pg'

/** What the program `server.ts` prints. */
export interface Announcement {
  /** Append a database's name. */
  url: string
  /** For more files of tests. */
  folder: string
  /** The first process of the server. */
  pid: number
}

/** A PostgreSQL server that only those tests use which have started it. */
export interface TestServer extends Pick<Announcement, 'url' | 'folder'> {
  /** All its processes are gone at once, as in a crash: when this returns, it will not write or answer any more. */
  kill(): void
  /** Starts it again after `kill`, on the data that the crash has left. */
  restart(): Promise<void>
  /** Ends it, and removes its data and its folder. */
  stop(): Promise<void>
}

/** Starts a server; it ends with this process at the latest. @param settings of the server, beside those for speed */
export async function startServer(settings: Record<string, string> = {}): Promise<TestServer> {
  const program = fileURLToPath(new URL('./server.ts', import.meta.url))
  // In a process group of its own, so that Ctrl+C does not end it before it has cleaned up.
  const server = spawn(process.execPath, [program, JSON.stringify(settings)], {
    stdio: ['pipe', 'pipe', 'inherit'],
    detached: true,
  })
  const exited = once(server, 'exit')
  const stop = async () => {
    server.stdin.end()
    await exited
  }
  const lines = createInterface(server.stdout)[Symbol.asyncIterator]()
  const announced = async (): Promise<Announcement> => {
    const { done, value } = await lines.next()
    if (!done) return JSON.parse(value)
    throw new Error(`The PostgreSQL server for tests did not start (${(await exited)[0]})`)
  }
  const { url, folder, ...first } = await announced()
  let { pid } = first
  return {
    url,
    folder,
    stop,
    kill: () => killFamily(pid),
    restart: async () => {
      server.stdin.write('again\n')
      ;({ pid } = await announced())
    },
  }
}

/** Runs one statement outside any database that a test uses. */
export async function runOnServer(postgresUrl: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: `${postgresUrl}postgres` })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}

/** Kills a process and all that it has started. */
function killFamily(pid: number): void {
  // So that it starts none meanwhile.
  process.kill(pid, 'SIGSTOP')
  const processes = execFileSync('ps', ['-A', '-o', 'pid=', '-o', 'ppid='], { encoding: 'utf8' })
  for (const line of processes.split('\n')) {
    const [child, parent] = line.trim().split(/\s+/).map(Number)
    if (child && parent === pid) killIfThere(child)
  }
  killIfThere(pid)
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
