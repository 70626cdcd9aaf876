import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { EnvError, readEnv } from './env.ts'

function problemsOf(source: Record<string, string>): readonly string[] {
  try {
    readEnv(source)
  } catch (error) {
    if (error instanceof EnvError) return error.problems
    throw error
  }
  return []
}

describe('configuration', () => {
  it('has a default for everything', () => {
    expect(readEnv({})).toEqual({
      HOST: '127.0.0.1',
      PORT: 8000,
      DATA_DIR: './data',
      DATABASE_POOL_SIZE: 10,
      DATABASE_IDLE_TIMEOUT_MS: 30_000,
      DATABASE_STATEMENT_TIMEOUT_MS: 30_000,
      CORS_ORIGINS: ['http://localhost:3000'],
      ALLOWED_HOSTS: [],
      LOG_LEVEL: 'info',
      MAX_BODY_BYTES: 1_048_576,
      MAX_UPLOAD_BYTES: 26_214_400,
      MAX_IMPORT_BYTES: 1_073_741_824,
      MAX_BACKUP_BYTES: 17_179_869_184,
    })
  })

  it('takes every variable in its own type', () => {
    const env = readEnv({
      HOST: '0.0.0.0',
      PORT: '0',
      CORS_ORIGINS: 'https://spends.example.org, http://localhost:5173/',
      ALLOWED_HOSTS: 'Spends.Example.org,192.168.1.20,[fd00::1]',
      SPENDS_NOW: '2026-01-31T12:00:00+02:00',
    })
    expect(env).toMatchObject({
      HOST: '0.0.0.0',
      PORT: 0,
      CORS_ORIGINS: ['https://spends.example.org', 'http://localhost:5173'],
      ALLOWED_HOSTS: ['spends.example.org', '192.168.1.20', '[fd00::1]'],
      SPENDS_NOW: new Date('2026-01-31T10:00:00Z'),
    })
  })

  it('knows folders and buckets for files', () => {
    const uploadsOf = (UPLOADS_URL: string) => readEnv({ UPLOADS_URL }).UPLOADS_URL
    expect(uploadsOf('file:/srv/papers')).toEqual({ folder: '/srv/papers' })
    expect(uploadsOf('file:///srv/my%20papers')).toEqual({ folder: '/srv/my papers' })
    expect(uploadsOf('file:papers')).toEqual({ folder: resolve('papers') })
    expect(uploadsOf('s3://papers/house?region=eu-west-1')).toMatchObject({ bucket: 'papers', prefix: 'house/' })
  })

  it('treats an empty variable as one that is not set', () => {
    expect(readEnv({ PORT: '', LOG_LEVEL: '  ', SPENDS_NOW: '' })).toEqual(readEnv({}))
  })

  it('leaves the variables of others alone', () => {
    expect(problemsOf({ PATH: '/bin', npm_config_port: 'x', NODE_ENV: 'test' })).toEqual([])
  })

  it.each([
    ['HOST', 'two words'],
    ['HOST', 'http://localhost'],
    ['PORT', 'eighty'],
    ['PORT', '65536'],
    ['PORT', '-1'],
    ['PORT', '80.5'],
    ['PORT', '0x50'],
    ['DATABASE_POOL_SIZE', '0'],
    ['DATABASE_IDLE_TIMEOUT_MS', '1s'],
    ['DATABASE_STATEMENT_TIMEOUT_MS', '99999999999'],
    ['CORS_ORIGINS', '*'],
    ['CORS_ORIGINS', 'localhost:3000'],
    ['CORS_ORIGINS', 'http://localhost:3000/app'],
    ['CORS_ORIGINS', 'http://localhost:3000,ftp://localhost'],
    ['CORS_ORIGINS', 'http://user@localhost:3000'],
    ['ALLOWED_HOSTS', 'http://spends.example.org'],
    ['ALLOWED_HOSTS', 'spends.example.org:8000'],
    ['ALLOWED_HOSTS', '*'],
    ['LOG_LEVEL', 'verbose'],
    ['LOG_LEVEL', 'INFO'],
    ['MAX_BODY_BYTES', '1MB'],
    ['MAX_BODY_BYTES', '0'],
    ['UPLOADS_URL', './uploads'],
    ['UPLOADS_URL', 'file:'],
    ['UPLOADS_URL', 's3://Bucket'],
    ['UPLOADS_URL', 's3://papers?acl=public'],
    ['MAX_UPLOAD_BYTES', '25MB'],
    ['MAX_UPLOAD_BYTES', '6442450944'],
    ['MAX_IMPORT_BYTES', '1GB'],
    ['SPENDS_NOW', 'yesterday'],
    ['SPENDS_NOW', '2026-02-30T00:00:00Z'],
    ['SPENDS_NOW', '2026-02-03'],
  ])('refuses %s=%s in one sentence that names both', (name, value) => {
    const problems = problemsOf({ [name]: value })
    expect(problems).toHaveLength(1)
    expect(problems[0]).toMatch(new RegExp(`^${name} must be .+\\.$`))
    expect(problems[0]).toContain(JSON.stringify(value))
  })

  it('names every wrong variable at once', () => {
    expect(problemsOf({ PORT: 'x', LOG_LEVEL: 'y', SPENDS_NWO: 'z' })).toEqual([
      'SPENDS_NWO is not a variable of Spends Tracker.',
      'PORT must be a whole number from 0 to 65535, not "x".',
      expect.stringMatching(/^LOG_LEVEL must be one of trace, .*, not "y"\.$/),
    ])
  })
})
