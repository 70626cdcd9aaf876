/**
 * Does work, and kills itself before a step of it, whose number it has written by then. Arguments, as JSON: `Doom`. Ends
 * well, and writes nothing, where there are fewer steps.
 *
 * A kill leaves what is on the disk; a server of databases takes back a transaction as a whole. So of steps in a row
 * before which that is the same, the first stands for all.
 */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, writeSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { connectDatabase } from '@spends/db'
import { watchingSteps } from '../../testing/steps.ts'
import { PARTIAL } from '../temporary.ts'
import { type Folders, WORK, type WorkName } from './doomed-work.ts'

export interface Doom extends Folders {
  url: string
  work: WorkName
  what: string
  /** The number of the step, from 0; or the first one after it before which the disk is another than before the last. */
  from: number
}

const { url, work, from, what, ...folders }: Doom = JSON.parse(process.argv[2] ?? '')
const database = connectDatabase({ url, dataDir: '' })
const file = /^sqlite:(.*)/.exec(url)?.[1]
await database.ping()
const statements = new Set<string>()
let last: string | undefined
let steps = 0

await watchingSteps(
  (step) => {
    const [, statement] = /^pg: (?!select|next page)(\w+)/.exec(step) ?? []
    if (statement) statements.add(statement)
    const state = `${statements.size} ${onDisk()}`
    if (state !== last && steps >= from) {
      writeSync(1, String(steps))
      process.kill(process.pid, 'SIGKILL')
    }
    last = state
    steps += 1
    return false
  },
  () => WORK[work]({ ctx: { db: database.db, now: () => new Date('2026-03-15T12:00:00Z') }, what, ...folders }),
)
await database.close()

/** What a process finds that starts now. Of temporary files only the names: nobody reads them any more. */
function onDisk(): string {
  const hash = createHash('sha256')
  for (const root of Object.values(folders)) addFolder(root)
  if (file) for (const name of [file, `${file}-wal`]) add(name)
  return hash.digest('hex')

  function addFolder(root: string): void {
    for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name)
      hash.update(`\n${path}\n`)
      if (entry.isFile() && !entry.name.includes(PARTIAL) && dirname(path) !== join(folders.uploads, 'tmp')) add(path)
    }
  }

  function add(path: string): void {
    try {
      hash.update(readFileSync(path))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    }
  }
}
