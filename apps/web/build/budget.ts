import { globSync, readFileSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { pathToFileURL } from 'node:url'

/** What a page may cost before it can be used, in bytes as gzip sends them. */
const BUDGET = { script: 60_000, style: 35_000 }

export interface PageSize {
  page: string
  script: number
  style: number
}

/**
 * What each page of a build loads at once: the scripts and styles that its HTML names. What is fetched later, as charts
 * are, does not count.
 * @param build the folder that Vite has written
 */
export function measurePages(build: string): PageSize[] {
  return globSync('pages/en/*.html', { cwd: build })
    .sort()
    .map((page) => {
      const html = readFileSync(join(build, page), 'utf8')
      const assets = [...html.matchAll(/<(?:script|link)\b[^>]*?(?:src|href)="(\/assets\/[^"]+)"/g)]
      const sum = (ending: string) =>
        assets
          .map(([, address = '']) => address)
          .filter((address) => address.endsWith(ending))
          .reduce((bytes, address) => bytes + gzipSize(join(build, address)), 0)
      return { page: basename(page, '.html'), script: sum('.js'), style: sum('.css') }
    })
}

/** Small files are sent as they are. */
function gzipSize(path: string): number {
  return (statSync(`${path}.gz`, { throwIfNoEntry: false }) ?? statSync(path)).size
}

/** The pages that cost more than they may, in words. */
export function findExcess(sizes: readonly PageSize[]): string[] {
  return sizes.flatMap(({ page, ...size }) =>
    (['script', 'style'] as const)
      .filter((kind) => size[kind] > BUDGET[kind])
      .map((kind) => `${page}: ${size[kind]} bytes of ${kind}, at most ${BUDGET[kind]}`),
  )
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const sizes = measurePages(join(import.meta.dirname, '../dist'))
  for (const { page, script, style } of sizes) console.log(`${page}: script ${script}, style ${style}`)
  const excess = findExcess(sizes)
  for (const line of excess) console.error(line)
  process.exitCode = excess.length > 0 || sizes.length === 0 ? 1 : 0
}
