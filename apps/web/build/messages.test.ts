import { globSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { LANGUAGES, listFeatures, readMessages } from './messages.ts'

const ROOT = new URL('..', import.meta.url)
const OTHERS = LANGUAGES.filter((language) => language !== 'en')

/** The names of the values in a text. */
function placeholders(text: string): string[] {
  return [...text.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name).sort()
}

describe.each(listFeatures())('the texts of %s', (feature) => {
  const english = readMessages('en', [feature])

  it('stand under their feature', () => {
    for (const key of Object.keys(english)) expect(key).toMatch(new RegExp(`^${feature}\\.[\\w.]+$`))
  })

  it.each(LANGUAGES)('say something in %s', (language) => {
    for (const [key, text] of Object.entries(readMessages(language, [feature]))) expect(text.trim(), key).not.toBe('')
  })

  it('have both forms where they have one', () => {
    const stems = Object.keys(english).flatMap((key) => /^(.*)\.(?:one|other)$/.exec(key)?.[1] ?? [])
    for (const stem of stems) {
      expect([`${stem}.one` in english, `${stem}.other` in english], stem).toEqual([true, true])
    }
  })

  it.each(OTHERS)('are all there in %s, with the same values in them', (language) => {
    const texts = readMessages(language, [feature])
    expect(Object.keys(texts).sort()).toEqual(Object.keys(english).sort())
    for (const [key, text] of Object.entries(texts)) {
      expect([key, placeholders(text)]).toEqual([key, placeholders(english[key] ?? '')])
    }
  })
})

it('every key in the pages and their partials has a text', () => {
  const texts = readMessages('en', listFeatures())
  const files = globSync(['*.html', 'partials/*.html'], { cwd: ROOT })
  expect(files.length).toBeGreaterThan(10)
  const unknown = files.flatMap((file) =>
    [...readFileSync(new URL(file, ROOT), 'utf8').matchAll(/\{\{([\w.-]+)\}\}/g)]
      .map(([, key = '']) => key)
      .filter((key) => !Object.hasOwn(texts, key))
      .map((key) => `${file}: ${key}`),
  )
  expect(unknown).toEqual([])
})
