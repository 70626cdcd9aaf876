import type { Logger } from 'pino'
import { DamagedError, findDatabaseDamage } from './database.ts'
import type { Env } from './env.ts'
import { startRescue } from './rescue.ts'
import { type RunningServer, startServer } from './server.ts'

/**
 * Starts the server; where the database is damaged, one that can do nothing but restore, and the whole server once that
 * is done.
 * @param onFailure is told what kept the whole server from starting after a rescue
 * @throws StartError as `startServer`
 */
export async function start(
  env: Env,
  log: Logger,
  onFailure: (error: unknown) => void,
): Promise<{ stop(): Promise<void> }> {
  const first = await startOne(env, log)
  let current: Promise<Started> = Promise.resolve(first)
  let stopping = false

  async function goOnAfter({ server, mended }: Started): Promise<void> {
    if (!mended) return
    await mended
    if (stopping) return
    current = server.stop().then(() => startOne(env, log))
    await goOnAfter(await current)
  }

  goOnAfter(first).catch(onFailure)
  return {
    stop: async () => {
      stopping = true
      await (await current).server.stop()
    },
  }
}

interface Started {
  server: Pick<RunningServer, 'stop'>
  /** Of a rescue: resolves when the whole server can start. */
  mended?: Promise<void>
}

async function startOne(env: Env, log: Logger): Promise<Started> {
  const damage = await findDatabaseDamage(env, 'start')
  if (damage !== undefined) return rescue(env, log, damage)
  try {
    return { server: await startServer(env, log) }
  } catch (error) {
    if (error instanceof DamagedError) return rescue(env, log, error.reason)
    throw error
  }
}

async function rescue(env: Env, log: Logger, reason: string): Promise<Started> {
  const server = await startRescue(env, log, reason)
  return { server, mended: server.mended }
}
