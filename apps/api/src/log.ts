import { type Logger, pino } from 'pino'
import type { Env } from './env.ts'

/** Structured logs on standard output: one JSON object a line, or readable lines where a person sits at a terminal. */
export async function createLogger(level: Env['LOG_LEVEL']): Promise<Logger> {
  if (!process.stdout.isTTY) return pino({ level })
  const { default: pretty } = await import('pino-pretty')
  return pino({ level }, pretty({ sync: true, ignore: 'pid,hostname', translateTime: 'SYS:HH:MM:ss.l' }))
}
