import { type Logger, pino } from 'pino'
import type { Env } from './env.ts'

/** Structured logs on standard output: one JSON object a line, or readable lines where a person sits at a terminal. */
export async function createLogger(level: Env['LOG_LEVEL']): Promise<Logger> {
  if (process.stdout.isTTY) {
    const { default: pretty } = await import('pino-pretty')
    return pino(
      { level },
      pretty({ sync: true, singleLine: true, ignore: 'pid,hostname', translateTime: 'SYS:HH:MM:ss.l' }),
    )
  }
  // Writing each line by itself costs a request more than everything else that the edge does. The lines of a tenth of
  // a second go together; pino writes the rest at the exit and at once after a fatal error.
  return pino({ level }, pino.destination({ sync: false, minLength: 8192, periodicFlush: 100 }))
}
