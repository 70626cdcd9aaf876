import { existsSync } from 'node:fs'
import chromium from '@sparticuz/chromium'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    chromiumPath: string
  }
}

/** Finds the browser: the one that `CHROMIUM_PATH` names, or the one that comes with the packages. */
export async function setup(project: TestProject): Promise<void> {
  const named = process.env.CHROMIUM_PATH
  if (named && !existsSync(named)) throw new Error(`CHROMIUM_PATH names ${named}, where nothing is`)
  // Unpacked once, here, so that two test files do not do it at the same time.
  project.provide('chromiumPath', named ?? (await chromium.executablePath()))
}
