import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { AppError, type FieldError, localFiles, notFound } from '@spends/core'
import { Hono } from 'hono'
import { z } from 'zod'
import type { ApiContext, Right } from '../context.ts'
import type { AppEnv } from '../edge.ts'
import { answerProblem } from '../problem.ts'
import { read, router, write } from '../trpc.ts'
import { mountRest } from './adapter.ts'
import type { OpenApiDocument } from './document.ts'
import { etagOfVersion } from './etag.ts'

/*
 * A small router with one of everything that a procedure can ask of the doors, for the tests of the doors: it keeps
 * drawers with labels in memory.
 */

const DrawerId = z
  .string()
  .toLowerCase()
  .regex(/^d-\d+$/, 'must be a drawer id')
  .meta({ examples: ['d-1'] })
const Kind = z.enum(['WOOD', 'METAL'])
const Weight = z
  .union([z.string(), z.number()], 'must be a weight, as a string or a number')
  .transform(String)
  .pipe(z.string().regex(/^\d+(\.\d+)?$/, 'must be a plain decimal'))
  .meta({ examples: ['1.50'] })
const oneOrMany = <T extends z.ZodType>(item: T) => z.union([z.array(item), item.transform((one) => [one])])

const Drawer = z
  .object({
    id: z.string().meta({ examples: ['d-1'] }),
    label: z.string(),
    kind: Kind,
    weight: z
      .string()
      .nullable()
      .meta({ examples: ['1.50'] }),
    locked: z.boolean(),
    tags: z.array(z.string()),
    version: z.int(),
  })
  .meta({ id: 'Drawer' })
type Drawer = z.infer<typeof Drawer>

const Lining = z.strictObject({ colour: z.string(), since: z.iso.date() }).meta({ id: 'Lining' })

export const NewDrawer = z
  .strictObject({
    label: z
      .string()
      .trim()
      .min(1)
      .max(20)
      .meta({ examples: ['Cables'] }),
    kind: Kind.default('WOOD'),
    weight: Weight.nullish(),
    locked: z.boolean().default(false),
    tags: z.array(z.string().min(1)).max(3).default([]),
    lining: Lining.optional(),
  })
  .meta({ id: 'NewDrawer' })

const DrawerChanges = z
  .strictObject({
    id: DrawerId,
    version: z.int().min(1).optional(),
    label: z.string().trim().min(1).max(20).optional(),
    weight: Weight.nullish(),
    locked: z.boolean().optional(),
  })
  .meta({ id: 'DrawerChanges' })

export const DrawerFilter = z.strictObject({
  skip: z.int().min(0).default(0),
  limit: z.int().min(1).max(100).default(20).meta({ description: 'How many at most.' }),
  kind: oneOrMany(Kind).optional(),
  size: z.array(z.number()).optional(),
  locked: z.boolean().optional(),
  weight: Weight.optional(),
  search: z.string().optional(),
  since: z
    .string()
    .transform((text) => text.trim())
    .pipe(z.iso.date())
    .optional(),
})

const tags = ['Purchases']

/** What goes wrong in `drawers.break`: each is thrown as it stands. */
const FAILURES: Readonly<Record<string, () => unknown>> = {
  bug: () => new Error('select * from drawers where secret = 1'),
  json: () => JSON.parse('{'),
  locked: () => Object.assign(new Error('canceling statement due to lock timeout'), { code: '55P03' }),
  full: () => Object.assign(new Error('database or disk is full'), { code: 'SQLITE_FULL' }),
  gone: () => new AppError('GONE', 'The bytes are lost.'),
  conflict: () => new AppError('CONFLICT', 'The label is taken.', [{ path: 'label', message: 'is taken' }]),
}

export function createDrawers() {
  const stored = new Map<string, Drawer>()
  /** Every input that got through to a procedure. */
  const received: unknown[] = []

  function find(id: string): Drawer {
    const drawer = stored.get(id)
    if (!drawer) throw notFound('drawer')
    return drawer
  }

  /** Stands for rules that need the database: labels that begin with "taken" are, a lining never is "grey". */
  async function alsoCheck(_: ApiContext, input: unknown): Promise<FieldError[]> {
    const { label, lining } = Object(input)
    return [
      ...(String(label).startsWith('taken') ? [{ path: 'label', message: 'is taken' }] : []),
      ...(lining?.colour === 'grey' ? [{ path: 'lining.colour', message: 'is out of stock' }] : []),
    ]
  }

  const drawers = router({
    list: read
      .meta({ openapi: { method: 'GET', path: '/drawers', operation_id: 'listDrawers', summary: 'List', tags } })
      .input(DrawerFilter)
      .output(z.object({ items: z.array(Drawer), total: z.int() }))
      .query(({ input }) => {
        received.push(input)
        return { items: [...stored.values()], total: stored.size }
      }),

    get: read
      .meta({
        openapi: {
          method: 'GET',
          path: '/drawers/{id}',
          operation_id: 'getDrawer',
          summary: 'Read',
          tags,
          etag: etagOfVersion,
        },
      })
      .input(z.strictObject({ id: DrawerId }))
      .output(Drawer)
      .query(({ input }) => find(input.id)),

    heaviest: read
      .meta({ openapi: { method: 'GET', path: '/drawers/heaviest', operation_id: 'heaviest', summary: 'Top', tags } })
      .output(Drawer.nullable())
      .query(() => null),

    create: write
      .meta({
        openapi: {
          method: 'POST',
          path: '/drawers',
          operation_id: 'createDrawer',
          summary: 'Make',
          description: 'With its lining.',
          tags,
          status: 201,
          errors: ['CONFLICT'],
          location: (drawer) => `/drawers/${drawer.id}`,
          etag: etagOfVersion,
          alsoCheck,
        },
      })
      .input(NewDrawer)
      .output(Drawer)
      .mutation(({ input }) => {
        received.push(input)
        const { lining: _, weight, ...rest } = input
        const drawer = { ...rest, weight: weight ?? null, id: `d-${stored.size + 1}`, version: 1 }
        stored.set(drawer.id, drawer)
        return drawer
      }),

    update: write
      .meta({
        openapi: {
          method: 'PUT',
          path: '/drawers/{id}',
          operation_id: 'updateDrawer',
          summary: 'Change',
          tags,
          etag: etagOfVersion,
          alsoCheck,
        },
      })
      .input(DrawerChanges)
      .output(Drawer)
      .mutation(({ input }) => {
        received.push(input)
        const drawer = find(input.id)
        if (input.version !== undefined && input.version !== drawer.version) {
          throw new AppError('PRECONDITION_FAILED', 'The drawer was changed meanwhile.')
        }
        const { label = drawer.label, weight = drawer.weight, locked = drawer.locked } = input
        const changed = { ...drawer, label, weight, locked, version: drawer.version + 1 }
        stored.set(drawer.id, changed)
        return changed
      }),

    delete: write
      .meta({
        openapi: {
          method: 'DELETE',
          path: '/drawers/{id}',
          operation_id: 'deleteDrawer',
          summary: 'Delete',
          tags,
          status: 204,
        },
      })
      .input(z.strictObject({ id: DrawerId, move_to: DrawerId.optional() }))
      .output(z.void())
      .mutation(({ input }) => {
        received.push(input)
        stored.delete(find(input.id).id)
      }),

    open: write
      .meta({
        openapi: {
          method: 'POST',
          path: '/drawers/{id}/open',
          operation_id: 'openDrawer',
          summary: 'Open',
          tags,
        },
      })
      .input(z.strictObject({ id: DrawerId }))
      .output(Drawer)
      .mutation(({ input }) => find(input.id)),

    break: write
      .meta({
        openapi: {
          method: 'POST',
          path: '/break',
          operation_id: 'breakDrawers',
          summary: 'Fail',
          tags,
          errors: ['GONE'],
        },
      })
      .input(z.strictObject({ how: z.enum([...Object.keys(FAILURES), 'output']) }))
      .output(z.object({ fine: z.boolean() }))
      .mutation(({ input }) => {
        const fail = FAILURES[input.how]
        if (fail) throw fail()
        return JSON.parse('{"fine": "secret"}') as { fine: boolean }
      }),

    unlisted: read.input(z.strictObject({})).query(() => 'only tRPC calls this'),
  })
  return { router: router({ drawers }), stored, received }
}

export type DrawerRouter = ReturnType<typeof createDrawers>['router']

/** A context whose procedures never ask the database: those of `createDrawers`. */
export function createToyContext(options: { may?: readonly Right[]; requestId?: string } = {}) {
  const logged: { details: object; message: string }[] = []
  const context: ApiContext = {
    get db(): ApiContext['db'] {
      throw new Error('A drawer asked for the database')
    },
    now: () => new Date('2026-01-31T12:00:00Z'),
    jobs: { poke: () => {} },
    stopping: new AbortController().signal,
    files: localFiles('/nowhere'),
    folders: { imports: '/nowhere', backups: '/nowhere' },
    buckets: {},
    caller: { name: 'tester', may: new Set(options.may ?? ['read', 'write', 'admin']) },
    requestId: options.requestId ?? 'request-1',
    log: { error: (details, message) => void logged.push({ details, message }) },
    setHeader: () => {},
  }
  return { context, logged }
}

/** The router above behind the REST door. */
export function createToyApp(options: { may?: readonly Right[] } = {}) {
  const drawers = createDrawers()
  const { context, logged } = createToyContext(options)
  const app = new Hono<AppEnv>({ strict: false })
  app.use((c, next) => {
    c.set('requestId', context.requestId)
    return next()
  })
  app.onError((error, c) => answerProblem(c, error))
  mountRest(app, drawers.router, { createContext: () => context })

  async function send(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
    const json = body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }
    const type: Record<string, string> = body === undefined ? {} : { 'Content-Type': 'application/json' }
    return app.request(`/api${path}`, { method, headers: { ...type, ...headers }, ...json })
  }
  return { ...drawers, app, logged, send }
}

/** What the linter finds in a document by its recommended rules, as `rule: message` lines; none when it is right. */
export async function lint(document: OpenApiDocument): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'openapi-'))
  try {
    const file = join(folder, 'openapi.json')
    await writeFile(file, JSON.stringify(document))
    const manifest = createRequire(import.meta.url).resolve('@redocly/cli/package.json')
    const words = [join(dirname(manifest), 'bin/cli.js'), 'lint', file, '--format=json', '--extends=recommended']
    const env = { REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' }
    const output = await new Promise<string>((resolve) => {
      // It exits with 1 where it finds errors; what it found is in its output all the same.
      execFile(process.execPath, words, { cwd: folder, env }, (_, stdout) => resolve(stdout))
    })
    const { problems }: { problems: { ruleId: string; message: string }[] } = JSON.parse(output)
    return problems.map(({ ruleId, message }) => `${ruleId}: ${message}`)
  } finally {
    await rm(folder, { recursive: true })
  }
}
