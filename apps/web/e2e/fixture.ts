import { mkdirSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type SpawnedServer, spawnServer } from '@spends/api/testing'
import { type Client, createClient } from '@spends/client'
import { EventSource } from 'eventsource'
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { test as base, expect, inject } from 'vitest'
import { Guard } from './guard.ts'

/** The moment at which every test plays, for the server and for the page. */
export const NOW = '2026-03-15T12:00:00Z'

const ARGUMENTS = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-dev-shm-usage']
const SCREENSHOTS = new URL('./screenshots/', import.meta.url)

/** An instance of its own, empty, with the real server in a process. */
export interface App {
  url: string
  client: Client
  server: SpawnedServer
  /** Its folder of data. */
  dataDir: string
  /** Opens another window on it, of another size, say. It is guarded like the first. */
  open(options?: BrowserContextOptions): Promise<Page>
  /** What went wrong in the windows; tests say here what they provoke. */
  guard: Guard
}

interface Fixtures {
  app: App
  page: Page
}

/**
 * Tests get an instance and a page on it. Whatever else a test says, it fails where the page logged an error, broke its
 * policy, threw, or got an answer of 4xx or 5xx that the test did not provoke.
 */
export const test = base.extend<Fixtures & { browser: Browser }>({
  browser: [
    // biome-ignore lint/correctness/noEmptyPattern: Vitest reads what a fixture needs from this pattern.
    async ({}, use) => {
      const browser = await chromium.launch({ executablePath: inject('chromiumPath'), args: ARGUMENTS })
      await use(browser)
      await browser.close()
    },
    { scope: 'worker' },
  ],

  app: async ({ browser }, use) => {
    const dataDir = await mkdtemp(join(tmpdir(), 'spends-page-'))
    const server = await spawnServer({ env: { SPENDS_NOW: NOW, LOG_LEVEL: 'warn', DATA_DIR: dataDir } })
    const guard = new Guard()
    const contexts: BrowserContext[] = []
    const client = createClient({ url: server.url, EventSource })
    const open: App['open'] = async (options = {}) => {
      const context = await browser.newContext({
        viewport: { width: 1280, height: 900 },
        baseURL: server.url,
        ...options,
      })
      contexts.push(context)
      context.setDefaultTimeout(20_000)
      const page = await context.newPage()
      await page.clock.setFixedTime(NOW)
      guard.watch(page)
      return page
    }
    await use({ url: server.url, client, server, dataDir, open, guard })
    await Promise.all(contexts.map((context) => context.close()))
    await server.stop()
    await rm(dataDir, { recursive: true, force: true })
    expect(guard.problems, 'what the pages complained of').toEqual([])
  },

  page: async ({ app }, use) => {
    await use(await app.open())
  },
})

/** Keeps a picture for people to look at; nothing is compared. */
export async function keepScreenshot(page: Page, name: string): Promise<void> {
  mkdirSync(SCREENSHOTS, { recursive: true })
  await page.screenshot({ path: new URL(`${name}.png`, SCREENSHOTS).pathname, fullPage: true, animations: 'disabled' })
}
