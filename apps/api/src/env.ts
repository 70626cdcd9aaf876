import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseEnv } from 'node:util'
import { parseS3Url, type S3Location } from '@spends/core'
import { z } from 'zod'
import { StartError } from './start-error.ts'

/** What the program is configured with, each value checked and in its own type; the names are those of the variables. */
export type Env = z.output<typeof Variables>

/** The configuration is wrong. `problems` has a sentence for each wrong variable, and its message has all of them. */
export class EnvError extends StartError {
  readonly problems: readonly string[]

  constructor(problems: readonly string[]) {
    super(problems.join('\n'))
    this.problems = problems
  }
}

type Source = Record<string, string | undefined>

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const

const MAX_INT32 = 2 ** 31 - 1
/** What a store of files takes at most, wherever it is. */
const MAX_STORED_BYTES = 5 * 1024 ** 3

const Variables = z.object({
  HOST: z
    .string()
    .regex(/^[a-z\d.:_-]+$/i, 'must be an address or a host name to listen on')
    .default('127.0.0.1'),
  PORT: wholeNumber(0, 65_535).default(8000),
  DATA_DIR: z.string().default('./data'),
  BACKUPS_DIR: z.string().optional(),
  UPLOADS_URL: z.string().transform(toUploads).optional(),
  DATABASE_URL: z.string().optional(),
  DATABASE_POOL_SIZE: wholeNumber(1, 1000).default(10),
  DATABASE_IDLE_TIMEOUT_MS: wholeNumber(0, MAX_INT32).default(30_000),
  DATABASE_STATEMENT_TIMEOUT_MS: wholeNumber(0, MAX_INT32).default(30_000),
  CORS_ORIGINS: list(toOrigin, 'must be origins like http://localhost:3000, separated by commas').default([
    'http://localhost:3000',
  ]),
  ALLOWED_HOSTS: list(toHostName, 'must be host names without a port, separated by commas').default([]),
  LOG_LEVEL: z.enum(LOG_LEVELS, `must be one of ${LOG_LEVELS.join(', ')}`).default('info'),
  MAX_BODY_BYTES: wholeNumber(1024, MAX_INT32).default(1024 * 1024),
  MAX_UPLOAD_BYTES: wholeNumber(1024, MAX_STORED_BYTES).default(25 * 1024 ** 2),
  MAX_IMPORT_BYTES: wholeNumber(1024, Number.MAX_SAFE_INTEGER).default(1024 ** 3),
  MAX_BACKUP_BYTES: wholeNumber(1024, Number.MAX_SAFE_INTEGER).default(16 * 1024 ** 3),
  // The names that every tool of S3 knows them by.
  AWS_REGION: z.string().optional(),
  AWS_ACCESS_KEY_ID: z.string().optional(),
  AWS_SECRET_ACCESS_KEY: z.string().optional(),
  AWS_SESSION_TOKEN: z.string().optional(),
  SPENDS_NOW: z.iso
    .datetime({ offset: true, error: 'must be an instant like 2026-01-31T12:00:00Z' })
    .transform((text) => new Date(text))
    .optional(),
})

/** Reads `.env` in the working folder, if there is one, and the environment, which wins. @throws EnvError */
export function loadEnv(): Env {
  return readEnv({ ...readDotEnv(), ...process.env })
}

/** Checks the variables; an empty one counts as not set. @throws EnvError that names every wrong one. */
export function readEnv(source: Source): Env {
  const given = Object.fromEntries(Object.entries(source).filter(([, value]) => value?.trim()))
  const result = Variables.safeParse(given)
  const problems = unknownNames(given).map((name) => `${name} is not a variable of Spends Tracker.`)
  for (const { path, message } of result.error?.issues ?? []) {
    const name = String(path[0])
    problems.push(`${name} ${message}, not ${JSON.stringify(given[name])}.`)
  }
  if (!result.success || problems.length > 0) throw new EnvError(problems)
  return result.data
}

function readDotEnv(): Source {
  try {
    return parseEnv(readFileSync('.env', 'utf8'))
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return {}
    throw new EnvError([`The file .env cannot be read: ${message}`])
  }
}

/** A misspelt variable of ours would be ignored without a word; others' variables are none of our business. */
function unknownNames(given: Source): string[] {
  return Object.keys(given).filter((name) => name.startsWith('SPENDS_') && !(name in Variables.shape))
}

function wholeNumber(min: number, max: number) {
  const error = `must be a whole number from ${min} to ${max}`
  return z.string().regex(/^\d+$/, error).transform(Number).pipe(z.number().min(min, error).max(max, error))
}

/** Entries between commas, each brought into its one form by `normalise`, which gives undefined for a wrong one. */
function list(normalise: (entry: string) => string | undefined, error: string) {
  return z.string().transform((text, check): string[] => {
    const entries = text.split(',').map((entry) => entry.trim())
    const values = entries.filter(Boolean).map(normalise)
    if (values.includes(undefined)) check.addIssue({ code: 'custom', message: error })
    return values.filter((value) => value !== undefined)
  })
}

/** Where the bytes of attachments lie: a folder or a bucket. */
function toUploads(text: string, check: z.core.$RefinementCtx): { folder: string } | S3Location {
  try {
    if (text.startsWith('file://')) return { folder: fileURLToPath(text) }
    if (text.startsWith('file:') && text.length > 'file:'.length) return { folder: resolve(text.slice('file:'.length)) }
    return parseS3Url(text)
  } catch (error) {
    const { message } = error as Error
    check.addIssue({ code: 'custom', message: `must be file:FOLDER or s3://BUCKET/PREFIX; this ${message}` })
    return z.NEVER
  }
}

function toOrigin(entry: string): string | undefined {
  const url = URL.parse(entry)
  return url && /^https?:$/.test(url.protocol) && url.href === `${url.origin}/` ? url.origin : undefined
}

function toHostName(entry: string): string | undefined {
  return /^([a-z\d._-]+|\[[a-f\d:.]+\])$/i.test(entry) ? entry.toLowerCase() : undefined
}
