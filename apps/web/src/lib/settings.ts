import type { Settings } from '@spends/client'
import { api } from './api.ts'

let reading: Promise<Settings> | undefined
let current: Settings | undefined

/** The settings of the instance, read once for each page. */
export function readSettings(): Promise<Settings> {
  reading ??= api.settings.get.query().then(keepSettings, (error: unknown) => {
    // The next who asks tries again.
    reading = undefined
    throw error
  })
  return reading
}

/** Takes settings that an update answered with. */
export function keepSettings(settings: Settings): Settings {
  current = settings
  reading = Promise.resolve(settings)
  return settings
}

/** The settings, for what is shown after they were read. @throws Error before that */
export function settings(): Settings {
  if (!current) throw new Error('The settings were not read yet')
  return current
}
