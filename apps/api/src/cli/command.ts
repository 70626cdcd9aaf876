import type { Env } from '../env.ts'

/** What a command does. @returns the exit code: 0 done, 1 failed or something differs */
export type Command = (env: Env) => Promise<0 | 1>

export function clockOf({ SPENDS_NOW }: Env): () => Date {
  return () => new Date(SPENDS_NOW ?? Date.now())
}
