import { createHash } from 'node:crypto'
import { globSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Plugin, ViteDevServer } from 'vite'
import { LANGUAGES, type Language, listFeatures, readMessages } from './messages.ts'
import { buildSprite } from './sprite.ts'
import { composePage, drawIcons, findIcons, type PageHead, toDataBlock, translate } from './template.ts'

/** Every page, by the name of its file and its address; `index` is at `/`. */
export const PAGES = [
  'index',
  'inventory',
  'warranties',
  'retailers',
  'brands',
  'import',
  'settings',
  'rescue',
] as const

const ROOT = fileURLToPath(new URL('..', import.meta.url))
/** Runs before the first paint. No module: those wait for the page. */
const THEME = 'src/theme.js'

/**
 * Makes the pages: the layout around each, its partials, icons from one sprite, and one file for each language, as
 * `pages/<language>/<page>.html`. The server chooses the language, so no text changes under the reader's eyes.
 * @param options.api where the API runs during development, to know the language of its settings
 */
export function pages({ api }: { api: string }): Plugin {
  const heads = new Map<string, PageHead>()
  const assets: Record<'sprite' | 'theme', string> = { sprite: '/assets/icons.svg', theme: `/${THEME}` }
  let isBuild = false

  return {
    name: 'pages',
    enforce: 'post',
    configResolved(config) {
      isBuild = config.command === 'build'
    },
    buildStart() {
      for (const file of globSync(['*.html', 'partials/*.html', 'locales/**/*.json'], { cwd: ROOT }))
        this.addWatchFile(`${ROOT}${file}`)
    },
    configureServer: serveAddresses,
    transformIndexHtml: {
      order: 'pre',
      async handler(source, { filename }) {
        const { html, head } = composePage(source)
        heads.set(basename(filename), head)
        return isBuild ? html : finish(html, head, await languageOf(api), assets)
      },
    },
    generateBundle: {
      order: 'post',
      handler(_options, bundle) {
        const emit = (name: string, source: string) => {
          const hash = createHash('sha256').update(source).digest('base64url').slice(0, 8)
          const fileName = `assets/${name.replace('.', `-${hash}.`)}`
          this.emitFile({ type: 'asset', fileName, source })
          return `/${fileName}`
        }
        assets.sprite = emit('icons.svg', sprite())
        assets.theme = emit('theme.js', readFileSync(`${ROOT}${THEME}`, 'utf8'))
        for (const [name, head] of heads) {
          const page = bundle[name]
          if (page?.type !== 'asset') throw new Error(`${name} was not built`)
          delete bundle[name]
          for (const language of LANGUAGES) {
            const html = finish(String(page.source), head, language, assets)
            this.emitFile({ type: 'asset', fileName: `pages/${language}/${name}`, source: html })
          }
        }
      },
    },
  }
}

/** A page in one language. */
function finish(html: string, head: PageHead, language: Language, assets: { sprite: string; theme: string }): string {
  const texts = { ...readMessages('en', listFeatures()), ...readMessages(language, listFeatures()) }
  const needed = { ...readMessages('en', head.features), ...readMessages(language, head.features) }
  const data = toDataBlock('messages', needed)
  const own = {
    language,
    messages: data,
    sprite: assets.sprite,
    theme: `<script src="${assets.theme}"></script>`,
  }
  const filled = html.replace(/%(language|messages|sprite|theme)%/g, (_, name: keyof typeof own) => own[name])
  return translate(drawIcons(markCurrent(filled, head.page), assets.sprite), texts)
}

/** Says in the navigation which page this is. */
function markCurrent(html: string, page: string): string {
  return html.replaceAll(`data-page="${page}"`, `data-page="${page}" aria-current="page"`)
}

function sprite(): string {
  const files = globSync(['*.html', 'partials/*.html'], { cwd: ROOT })
  return buildSprite(files.flatMap((file) => findIcons(readFileSync(`${ROOT}${file}`, 'utf8'))))
}

/** In development `/inventory` is `inventory.html`, and the sprite is drawn anew each time. */
function serveAddresses(server: ViteDevServer): void {
  server.middlewares.use((request, response, next) => {
    const [path = '/', query] = (request.url ?? '/').split('?')
    if (path === '/assets/icons.svg') {
      response.setHeader('Content-Type', 'image/svg+xml')
      response.end(sprite())
      return
    }
    const page = PAGES.find((name) => path === `/${name}`)
    if (page) request.url = `/${page}.html${query === undefined ? '' : `?${query}`}`
    next()
  })
}

async function languageOf(api: string): Promise<Language> {
  const answer = await fetch(`${api}/api/settings`).catch(() => undefined)
  if (!answer?.ok) return 'en'
  const { locale } = (await answer.json()) as { locale: string }
  return LANGUAGES.find((language) => locale.toLowerCase().split('-')[0] === language) ?? 'en'
}
