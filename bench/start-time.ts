import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { median } from './measure.ts'
import { type Server, startOurs } from './server.ts'

const ROUNDS = 7

/**
 * Milliseconds from the birth of the process to its first answer for the dashboard: for each of the files, and before
 * them for a file that has to be made, migrated and seeded first.
 * @param folder for new databases
 */
export async function measureStarts(files: readonly string[], folder: string): Promise<number[]> {
  const times: number[][] = [[], ...files.map(() => [])]
  for (let round = 0; round < ROUNDS; round += 1) {
    const fresh = join(folder, `start-${round}`)
    times[0]?.push(await startAndStop(startOurs(join(fresh, 'fresh.db'))))
    await rm(fresh, { recursive: true })
    for (const [index, file] of files.entries()) times[index + 1]?.push(await startAndStop(startOurs(file)))
  }
  return times.map(median)
}

async function startAndStop(starting: Promise<Server>): Promise<number> {
  const server = await starting
  await server.stop()
  return server.startTime
}
