import type brands from '../../locales/en/brands.json'
import type common from '../../locales/en/common.json'
import type dashboard from '../../locales/en/dashboard.json'
import type imports from '../../locales/en/import.json'
import type inventory from '../../locales/en/inventory.json'
import type rescue from '../../locales/en/rescue.json'
import type retailers from '../../locales/en/retailers.json'
import type settings from '../../locales/en/settings.json'
import type warranties from '../../locales/en/warranties.json'

/** Every text there is; a page carries those of the features that its layout names. */
type Messages = typeof common &
  typeof dashboard &
  typeof inventory &
  typeof warranties &
  typeof retailers &
  typeof brands &
  typeof imports &
  typeof settings &
  typeof rescue

export type MessageKey = keyof Messages

/** The texts that have a form for one and a form for many, without `.one` and `.other`. */
export type CountedKey = MessageKey extends infer Key ? (Key extends `${infer Stem}.other` ? Stem : never) : never

export type MessageValues = Readonly<Record<string, string | number>>

let messages: Readonly<Record<string, string>> | undefined
let plurals: Intl.PluralRules | undefined

function read(key: string): string {
  messages ??= JSON.parse(document.getElementById('messages')?.textContent ?? '{}') as Record<string, string>
  const text = messages[key]
  if (text === undefined) throw new Error(`This page has no text for ${key}: name its feature in the layout`)
  return text
}

/**
 * A text of this page in its language.
 * @param values replace `{name}`
 * @throws Error where the page does not carry the text
 */
export function t(key: MessageKey, values: MessageValues = {}): string {
  return fill(read(key), values)
}

/** A text about a number of things, in the form that the language has for that number. */
export function tn(key: CountedKey, count: number, values: MessageValues = {}): string {
  plurals ??= new Intl.PluralRules(document.documentElement.lang)
  const form = plurals.select(count) === 'one' ? 'one' : 'other'
  return fill(read(`${key}.${form}`), { count, ...values })
}

/** Replaces `{name}` by its value. */
export function fill(text: string, values: MessageValues): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole))
}
