import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)

/** One SVG that holds the named Bootstrap icons as symbols, for `<use href="...#name">`. @throws Error for an unknown one */
export function buildSprite(names: Iterable<string>): string {
  const symbols = [...new Set(names)].sort().map((name) => {
    const svg = readFileSync(require.resolve(`bootstrap-icons/icons/${name}.svg`), 'utf8')
    const inner = svg.slice(svg.indexOf('>') + 1, svg.lastIndexOf('</svg>')).replace(/\s*\n\s*/g, '')
    return `<symbol id="${name}" viewBox="0 0 16 16" fill="currentColor">${inner}</symbol>`
  })
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join('')}</svg>`
}
