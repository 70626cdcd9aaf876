import { readdirSync, readFileSync } from 'node:fs'

/** The languages of the pages; the first is complete by definition, and stands in for what another one lacks. */
export const LANGUAGES = ['en', 'de'] as const
export type Language = (typeof LANGUAGES)[number]

/** Texts by their key, as in `{ "inventory.add": "Add purchase" }`. */
export type Messages = Readonly<Record<string, string>>

const FOLDER = new URL('../locales/', import.meta.url)

/** The features that have texts: one file each in the folder of every language. */
export function listFeatures(): string[] {
  return readdirSync(new URL('en/', FOLDER))
    .map((name) => name.replace(/\.json$/, ''))
    .sort()
}

/** The texts of features in a language. @throws Error for a feature without a file */
export function readMessages(language: Language, features: readonly string[]): Messages {
  return Object.assign({}, ...features.map((feature) => readFeature(language, feature)))
}

function readFeature(language: Language, feature: string): Messages {
  return JSON.parse(readFileSync(new URL(`${language}/${feature}.json`, FOLDER), 'utf8'))
}
