import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { composePage, drawIcons, findIcons, toDataBlock, translate } from './template.ts'

const PAGE = '<layout page="brands" title="{{common.brands}}" messages="brands import">\n<h1>Of mine</h1>\n</layout>\n'

describe('a page', () => {
  it('stands in the layout, with its title, and says what it needs', () => {
    const { html, head } = composePage(PAGE)
    expect(head).toEqual({ page: 'brands', features: ['common', 'brands', 'import'] })
    expect(html).toMatch(/^<!doctype html>/)
    expect(html).toContain('<title>{{common.brands}} · Spends Tracker</title>')
    expect(html).toMatch(/<main id="main"[^>]*>[\s\S]*<h1>Of mine<\/h1>[\s\S]*<\/main>/)
    expect(html).not.toMatch(/<include|<layout|\[\[/)
  })

  it('keeps signs that mean something to a replacement', () => {
    expect(composePage(PAGE.replace('Of mine', () => "$& $1 $' $$")).html).toContain("<h1>$& $1 $' $$</h1>")
  })

  it.each([
    ['nothing around it', '<h1>Of mine</h1>'],
    ['no title', '<layout page="brands"><h1>Of mine</h1></layout>'],
    ['no name', '<layout title="Brands"><h1>Of mine</h1></layout>'],
    ['something after its end', `${PAGE}<p>more</p>`],
  ])('is refused with %s', (_, source) => {
    expect(() => composePage(source)).toThrow('A page is <layout')
  })
})

describe('a partial', () => {
  const include = (attributes: string) =>
    composePage(PAGE.replace('<h1>Of mine</h1>', `<include ${attributes}></include>`)).html

  it('is filled in with what it is given', () => {
    const html = include('src="failure" of="list"')
    expect(html).toContain('x-show="list.failure"')
    expect(html).toContain('@click="list.load()"')
  })

  it('is refused where there is none of its name', () => {
    expect(() => include('src="no-such-partial"')).toThrow('no-such-partial')
    expect(() => include('of="list"')).toThrow()
  })

  it('may hold others', () => {
    expect(include('src="import-step-check"')).toContain('check.percentText')
  })
})

describe('a text', () => {
  it('takes the place of its key, and cannot become markup or end an attribute', () => {
    const texts = { 'a.b': '<b>"Q" & {{a.c}}</b>', 'a.c': 'never' }
    expect(translate('<p title="{{a.b}}">{{a.b}}</p>', texts)).toBe(
      '<p title="&lt;b>&quot;Q&quot; &amp; {{a.c}}&lt;/b>">&lt;b>&quot;Q&quot; &amp; {{a.c}}&lt;/b></p>',
    )
  })

  it('is refused where there is none', () => {
    expect(() => translate('{{a.b}} {{a.unknown}}', { 'a.b': 'x' })).toThrow('There is no text for {{a.unknown}}.')
    expect(() => translate('{{constructor}}', Object.create(null))).toThrow('{{constructor}}')
  })
})

it('an icon is drawn from the sprite, hidden from those who listen', () => {
  const html = '{{icon:x-lg}} {{common.close}} {{icon:bag}}'
  expect(findIcons(html)).toEqual(['x-lg', 'bag'])
  expect(drawIcons(html, '/s.svg')).toBe(
    '<svg class="icon" aria-hidden="true"><use href="/s.svg#x-lg"></use></svg> {{common.close}} <svg class="icon" aria-hidden="true"><use href="/s.svg#bag"></use></svg>',
  )
})

it('data in a page cannot end its own element, and is read back as it was', () => {
  const data = { 'a.b': '</script><script>alert(1)</script><!--' }
  const html = toDataBlock('messages', data)
  const [, json = ''] = /^<script type="application\/json" id="messages">([^<]*)<\/script>$/.exec(html) ?? []
  expect(JSON.parse(json)).toEqual(data)
})

it('the choice of a column offers every field that a column can be read as', async () => {
  const { IMPORT_FIELDS, FIELD_LABELS } = await import('../src/lib/import-fields.ts')
  const partial = readFileSync(new URL('../partials/import-fields.html', import.meta.url), 'utf8')
  const options = [...partial.matchAll(/<option value="(\w+)">\{\{([\w.]+)\}\}<\/option>/g)]
  expect(Object.fromEntries(options.map(([, value, key]) => [value, key]))).toEqual(FIELD_LABELS)
  expect(options).toHaveLength(IMPORT_FIELDS.length)
})
