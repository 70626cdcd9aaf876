import { readFileSync } from 'node:fs'
import type { Messages } from './messages.ts'

const PARTIALS = new URL('../partials/', import.meta.url)

const LAYOUT = /^\s*<layout\b([^>]*)>([\s\S]*)<\/layout>\s*$/
const INCLUDE = /<include\b([^>]*)><\/include>/g
const ATTRIBUTE = /([\w-]+)="([^"]*)"/g
const ICON = /\{\{icon:([\w-]+)\}\}/g
const TEXT = /\{\{([\w.-]+)\}\}/g

/** What a page says of itself in `<layout ...>`. */
export interface PageHead {
  /** Its name in the navigation. */
  page: string
  /** The features whose texts its code needs, beside `common`. */
  features: string[]
}

/**
 * Puts a page into the layout and fills in the partials: `<include src="failure" of="list"></include>` becomes the
 * partial of that name with `[[of]]` replaced. Texts and icons stay as `{{...}}`. `around` names another layout.
 */
export function composePage(source: string): { html: string; head: PageHead } {
  const [, attributes = '', content = ''] = LAYOUT.exec(source) ?? []
  const given = parseAttributes(attributes)
  if (!given.page || !given.title) throw new Error('A page is <layout page="..." title="..." messages="...">.')
  const layout = readPartial(given.around ?? 'layout').replace('[[content]]', () => content)
  return {
    html: expand(layout, given),
    head: { page: given.page, features: ['common', ...(given.messages?.split(' ') ?? [])] },
  }
}

function expand(html: string, given: Readonly<Record<string, string>>): string {
  const filled = html.replace(/\[\[([\w-]+)\]\]/g, (_, name: string) => given[name] ?? '')
  return filled.replace(INCLUDE, (_, attributes: string) => {
    const { src = '', ...inner } = parseAttributes(attributes)
    return expand(readPartial(src), inner)
  })
}

function readPartial(name: string): string {
  return readFileSync(new URL(`${name}.html`, PARTIALS), 'utf8')
}

function parseAttributes(text: string): Record<string, string> {
  return Object.fromEntries([...text.matchAll(ATTRIBUTE)].map(([, name = '', value = '']) => [name, value]))
}

/** The icons that templates name. */
export function findIcons(html: string): string[] {
  return [...html.matchAll(ICON)].map(([, name = '']) => name)
}

/** Replaces `{{icon:name}}`. @param sprite the address of the sprite */
export function drawIcons(html: string, sprite: string): string {
  return html.replace(
    ICON,
    (_, name: string) => `<svg class="icon" aria-hidden="true"><use href="${sprite}#${name}"></use></svg>`,
  )
}

/** Replaces `{{key}}` by its text. @throws Error for a key that has none */
export function translate(html: string, messages: Messages): string {
  return html.replace(TEXT, (_, key: string) => {
    const text = messages[key]
    if (text === undefined) throw new Error(`There is no text for {{${key}}}.`)
    return escapeHtml(text)
  })
}

/** Data that a page's code reads from the page; it cannot end its own element. */
export function toDataBlock(id: string, data: unknown): string {
  return `<script type="application/json" id="${id}">${JSON.stringify(data).replaceAll('<', '\\u003c')}</script>`
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
}
