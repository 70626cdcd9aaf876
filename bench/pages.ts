import { join } from 'node:path'
import chromiumPackage from '@sparticuz/chromium'
import { type Browser, chromium } from 'playwright-core'
import { copyDatabase } from './databases.ts'
import { median } from './measure.ts'
import { startOurs } from './server.ts'

/** Milliseconds since the address was entered. */
interface Visit {
  /** First contentful paint. */
  painted: number
  /** The last skeleton of the dashboard is gone, its charts included. */
  filled: number
}

/** What a visitor of the dashboard waits for: medians. */
export interface PageTimes {
  /** Nothing kept in the browser, and a server that has answered nothing yet. */
  cold: Visit
  /** The same browser again. */
  warm: Visit
}

const ROUNDS = 7
const ARGUMENTS = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-dev-shm-usage']

/**
 * Times the dashboard in a real browser, on each of the databases in turn, so that noise meets all of them.
 * @param files databases that are not to be written @param folder for their copies
 */
export async function measurePages(files: readonly string[], folder: string): Promise<PageTimes[]> {
  const executablePath = process.env.CHROMIUM_PATH ?? (await chromiumPackage.executablePath())
  const browser = await chromium.launch({ executablePath, args: ARGUMENTS })
  try {
    const visits: Record<keyof PageTimes, Visit>[][] = files.map(() => [])
    const copies: string[] = []
    for (const [index, file] of files.entries())
      copies.push(await copyDatabase(file, join(folder, `pages-${index}.db`)))
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const [index, copy] of copies.entries()) visits[index]?.push(await visitTwice(browser, copy))
    }
    return visits.map((each) => ({
      cold: middle(each.map(({ cold }) => cold)),
      warm: middle(each.map(({ warm }) => warm)),
    }))
  } finally {
    await browser.close()
  }
}

async function visitTwice(browser: Browser, database: string): Promise<Record<keyof PageTimes, Visit>> {
  const server = await startOurs(database)
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } })
  try {
    const visit = async (): Promise<Visit> => {
      const page = await context.newPage()
      await page.goto(server.url)
      const times = await page.evaluate(waitUntilFilled)
      await page.close()
      return times
    }
    return { cold: await visit(), warm: await visit() }
  } finally {
    await context.close()
    await server.stop()
  }
}

// Of what a page knows, the little that is used here.
declare const document: {
  querySelector(selector: string): unknown
  querySelectorAll(selector: string): Iterable<{ checkVisibility(): boolean }>
}
declare function requestAnimationFrame(callback: (time: number) => void): number

/** Runs in the page. */
async function waitUntilFilled(): Promise<Visit> {
  const isFilled = () =>
    document.querySelector('.dashboard canvas') !== null &&
    [...document.querySelectorAll('.skeleton')].every((element) => !element.checkVisibility())
  while (!isFilled()) await new Promise(requestAnimationFrame)
  const [paint] = performance.getEntriesByName('first-contentful-paint')
  return { painted: paint?.startTime ?? Number.NaN, filled: performance.now() }
}

function middle(visits: readonly Visit[]): Visit {
  return { painted: median(visits.map(({ painted }) => painted)), filled: median(visits.map(({ filled }) => filled)) }
}
