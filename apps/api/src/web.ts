import { createHash } from 'node:crypto'
import fs, { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { getSettings } from '@spends/core'
import type { Context, Hono } from 'hono'
import type { Logger } from 'pino'
import { chooseCoding } from './accept-encoding.ts'
import type { ApiContext } from './context.ts'
import type { AppEnv } from './edge.ts'
import { pageHeaders } from './page.ts'
import { isKnown } from './rest/etag.ts'
import { typeOf } from './static-files.ts'

/** What Vite has built of apps/web. */
const BUILD = fileURLToPath(new URL('../../web/dist/', import.meta.url))

const CODINGS = { br: '.br', gzip: '.gz' } as const
type Coding = keyof typeof CODINGS

/** A file in every form it can be sent in. */
interface WebFile {
  type: string
  etag: string
  plain: Uint8Array<ArrayBuffer>
  coded: Partial<Record<Coding, Uint8Array<ArrayBuffer>>>
}

/** The page for a damaged database, which the whole server has no use for. */
const RESCUE = 'rescue'

const IMMUTABLE = { 'Cache-Control': 'public, max-age=31536000, immutable' }
const ASKED_EACH_TIME = { 'Cache-Control': 'no-cache' }

/**
 * Serves the pages and what they load. All of it is read at start: it is small, and a new build needs a new start anyway.
 * The language of a page is that of the settings, so that no text changes under the reader's eyes.
 */
export function mountWeb(app: Hono<AppEnv>, log: Logger, createContext: (c: Context<AppEnv>) => ApiContext): void {
  for (const [name, languages] of mountFiles(app, log)) {
    if (name === RESCUE) continue
    app.get(name === 'index' ? '/' : `/${name}`, async (c) => {
      const file = languages.get(await languageOf(createContext(c))) ?? languages.get('en')
      if (!file) throw new Error(`The page ${name} was built without English`)
      return send(c, file, pageHeaders)
    })
  }
}

/**
 * Answers whoever looks at any address with a browser by the page that helps against a damaged database; programs are
 * answered by what comes after this. The settings cannot be read, so the browser says which language its reader has.
 */
export function mountRescueWeb(app: Hono<AppEnv>, log: Logger): void {
  const languages = mountFiles(app, log).get(RESCUE)
  app.get('*', (c, next) => {
    if (!c.req.header('Accept')?.includes('text/html')) return next()
    const wanted = (c.req.header('Accept-Language') ?? '').split(',').map((tag) => tag.trim().slice(0, 2).toLowerCase())
    const language = wanted.find((tag) => languages?.has(tag)) ?? 'en'
    const file = languages?.get(language)
    if (!file) return next()
    const headers = { ...pageHeaders, 'Cache-Control': 'no-store', 'Content-Type': file.type, 'Retry-After': '60' }
    return Promise.resolve(c.body(file.plain, 503, headers))
  })
}

type Pages = ReadonlyMap<string, ReadonlyMap<string, WebFile>>

/** Serves what pages load. @returns the pages themselves, by name and language */
function mountFiles(app: Hono<AppEnv>, log: Logger): Pages {
  const files = readBuild()
  if (files.size === 0) log.warn({ folder: BUILD }, 'The pages were not built: only the API is served')
  const pages = new Map<string, Map<string, WebFile>>()
  for (const [path, file] of files) {
    const [, language = '', name = ''] = /^pages\/([\w-]+)\/([\w-]+)\.html$/.exec(path) ?? []
    if (name === '') {
      const caching = path.startsWith('assets/') ? IMMUTABLE : ASKED_EACH_TIME
      app.get(`/${path}`, (c) => send(c, file, caching))
    } else {
      const languages = pages.get(name) ?? new Map<string, WebFile>()
      pages.set(name, languages.set(language, file))
    }
  }
  // Browsers ask for this name where a page names no icon, as for a JSON document.
  const icon = files.get('favicon.svg')
  if (icon) app.get('/favicon.ico', (c) => send(c, icon, ASKED_EACH_TIME))
  return pages
}

async function languageOf(ctx: ApiContext): Promise<string> {
  try {
    const { locale } = await getSettings(ctx)
    return new Intl.Locale(locale).language
  } catch (error) {
    // A page that can say what is wrong with the database is better than none.
    ctx.log.error({ err: error }, 'The language of the settings could not be read')
    return 'en'
  }
}

function send(c: Context<AppEnv>, { type, etag, plain, coded }: WebFile, headers: Record<string, string>): Response {
  const coding = chooseCoding(c.req.header('Accept-Encoding'), Object.keys(coded) as Coding[])
  // Each form is another sequence of bytes, so it has another tag.
  const own = { ...headers, ETag: `"${etag}${coding ? `-${coding}` : ''}"`, Vary: 'Origin, Accept-Encoding' }
  if (isKnown(c.req.header('If-None-Match'), own.ETag)) return c.body(null, 304, own)
  const body = coding ? (coded[coding] ?? plain) : plain
  return c.body(body, 200, { ...own, 'Content-Type': type, ...(coding ? { 'Content-Encoding': coding } : {}) })
}

function readBuild(): Map<string, WebFile> {
  // By this way, a Node that is too old to have it comes as far as to be told so.
  const names = fs.globSync('**/*.*', { cwd: BUILD }).sort()
  const files = new Map<string, WebFile>()
  for (const name of names) {
    if (Object.values(CODINGS).some((ending) => name.endsWith(ending))) continue
    const plain = new Uint8Array(readFileSync(join(BUILD, name)))
    const coded: WebFile['coded'] = {}
    for (const [coding, ending] of Object.entries(CODINGS) as [Coding, string][]) {
      if (names.includes(name + ending)) coded[coding] = new Uint8Array(readFileSync(join(BUILD, name + ending)))
    }
    const etag = createHash('sha256').update(plain).digest('base64url').slice(0, 22)
    files.set(name, { type: typeOf(name), etag, plain, coded })
  }
  return files
}
