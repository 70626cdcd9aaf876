import { createHash } from 'node:crypto'
import fs, { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { getSettings } from '@spends/core'
import type { Context, Hono } from 'hono'
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

const IMMUTABLE = { 'Cache-Control': 'public, max-age=31536000, immutable' }
const ASKED_EACH_TIME = { 'Cache-Control': 'no-cache' }

/**
 * Serves the pages and what they load. All of it is read at start: it is small, and a new build needs a new start anyway.
 * The language of a page is that of the settings, so that no text changes under the reader's eyes.
 */
export function mountWeb(app: Hono<AppEnv>, createContext: (c: Context<AppEnv>) => ApiContext): void {
  const files = readBuild()
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
  for (const [name, languages] of pages) {
    app.get(name === 'index' ? '/' : `/${name}`, async (c) => {
      const file = languages.get(await languageOf(createContext(c))) ?? languages.get('en')
      if (!file) throw new Error(`The page ${name} was built without English`)
      return send(c, file, pageHeaders)
    })
  }
  // Browsers ask for this name where a page names no icon, as for a JSON document.
  const icon = files.get('favicon.svg')
  if (icon) app.get('/favicon.ico', (c) => send(c, icon, ASKED_EACH_TIME))
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
