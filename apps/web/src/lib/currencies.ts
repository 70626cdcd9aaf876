import { settings } from './settings.ts'

/** Codes that browsers still list and that are no currency any more; the API refuses them. */
const WITHDRAWN: ReadonlySet<string> = new Set(['HRK', 'SLL', 'ZWL'])

/** The currencies a purchase can be in, in alphabetical order behind those that are wanted first. */
export function listCurrencies(...first: readonly string[]): string[] {
  const known = Intl.supportedValuesOf('currency').filter((code) => !WITHDRAWN.has(code))
  return [...new Set([...first, ...known])]
}

/** A currency with its name: `EUR · Euro`. */
export function currencyName(code: string): string {
  const name = new Intl.DisplayNames(settings().locale, { type: 'currency' }).of(code)
  return name === undefined || name === code ? code : `${code} · ${name}`
}
