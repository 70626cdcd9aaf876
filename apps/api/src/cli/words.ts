import { readFileSync } from 'node:fs'
import { type ParseArgsOptionsConfig, parseArgs } from 'node:util'
import { Passphrase } from '@spends/core'
import { reasonOf, StartError } from '../start-error.ts'

/** What was said after a command: the options it knows, and as many other words as it takes. */
export interface Words {
  text: Readonly<Record<string, string | undefined>>
  flags: ReadonlySet<string>
  rest: readonly string[]
}

/**
 * @param names options with a value, without the `--`; those that end in `?` have none
 * @returns undefined when it is not understood
 */
export function readWords(words: string[], names: readonly string[], atMost: number): Words | undefined {
  const options: ParseArgsOptionsConfig = {}
  for (const name of names) {
    if (name.endsWith('?')) options[name.slice(0, -1)] = { type: 'boolean' }
    else options[name] = { type: 'string' }
  }
  try {
    const { values, positionals } = parseArgs({ args: words, options, allowPositionals: true })
    if (positionals.length > atMost) return undefined
    const given = Object.entries(values)
    return {
      text: Object.fromEntries(given.filter(([, value]) => typeof value === 'string')) as Record<string, string>,
      flags: new Set(given.filter(([, value]) => value === true).map(([name]) => name)),
      rest: positionals,
    }
  } catch {
    // The only way in which it says that it does not understand.
    return undefined
  }
}

/** The passphrase in a file: its first line. @throws StartError */
export function readPassphraseFile(path: string | undefined): string | undefined {
  if (path === undefined) return undefined
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    throw new StartError(`The passphrase cannot be read: ${reasonOf(error)}`)
  }
  const passphrase = Passphrase.safeParse(text.split(/\r?\n/)[0])
  if (!passphrase.success)
    throw new StartError(`The first line of ${path} should be a passphrase of at least 8 characters.`)
  return passphrase.data
}
