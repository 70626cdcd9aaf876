import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { median } from './measure.ts'
import { type Server, startOurs } from './server.ts'

/** Milliseconds from the birth of the process to the first list of purchases: medians. */
export interface StartTimes {
  /** Without a database: it is made, migrated and seeded first. */
  cold: number
  /** On the generated database. */
  warm: number
}

/**
 * @param database a file with its tables and purchases
 * @param folder for new databases
 */
export async function measureStart(database: string, folder: string, rounds: number): Promise<StartTimes> {
  const times = { cold: [] as number[], warm: [] as number[] }
  for (let round = 0; round < rounds; round += 1) {
    const fresh = join(folder, `start-${round}`)
    times.cold.push(await startAndStop(startOurs(join(fresh, 'fresh.db'))))
    await rm(fresh, { recursive: true })
    times.warm.push(await startAndStop(startOurs(database)))
  }
  return { cold: median(times.cold), warm: median(times.warm) }
}

async function startAndStop(starting: Promise<Server>): Promise<number> {
  const server = await starting
  await server.stop()
  return server.startTime
}
