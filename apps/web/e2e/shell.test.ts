import { describe, expect } from 'vitest'
import { expectAccessible } from './axe.ts'
import { keepScreenshot, test } from './fixture.ts'

const PAGES = ['/', '/inventory', '/warranties', '/retailers', '/brands', '/import', '/settings']

describe('every page', () => {
  test('has a title, one heading, and its place in the navigation', async ({ page }) => {
    for (const path of PAGES) {
      await page.goto(path)
      expect(await page.title()).toMatch(/^.+ · Spends Tracker$/)
      expect(await page.locator('h1').count()).toBe(1)
      expect(await page.locator('.sidebar [aria-current=page]').count()).toBe(1)
    }
  })

  test('is accessible, light and dark', async ({ app }) => {
    for (const colorScheme of ['light', 'dark'] as const) {
      const page = await app.open({ colorScheme })
      for (const path of PAGES) {
        await page.goto(path)
        await page.waitForLoadState('networkidle')
        await expectAccessible(page)
        await keepScreenshot(page, `empty-${path.slice(1) || 'dashboard'}-${colorScheme}`)
      }
    }
  })

  test('needs no sideways scrolling at 320 pixels', async ({ app }) => {
    const page = await app.open({ viewport: { width: 320, height: 640 } })
    for (const path of PAGES) {
      await page.goto(path)
      await page.waitForLoadState('networkidle')
      const width = await page.evaluate(() => document.documentElement.scrollWidth)
      expect([path, width]).toEqual([path, 320])
    }
  })
})

describe('the theme', () => {
  test('follows the system, then the choice, which is kept without a flash', async ({ app }) => {
    const page = await app.open({ colorScheme: 'dark' })
    await page.goto('/')
    const theme = () => page.evaluate(() => document.documentElement.dataset.bsTheme)
    expect(await theme()).toBe('dark')
    await page.getByRole('button', { name: 'Change to light' }).click()
    expect(await theme()).toBe('light')
    await page.emulateMedia({ colorScheme: 'light' })
    await page.getByRole('button', { name: 'Change to dark' }).click()
    expect(await theme()).toBe('dark')
    // Before any of the page's own code has run.
    await page.route('**/assets/*.js', (route) =>
      route.request().url().includes('theme-') ? route.continue() : route.abort(),
    )
    app.guard.expectNoAnswer()
    await page.reload()
    expect(await theme()).toBe('dark')
  })
})

test('pages work in a browser that keeps nothing', async ({ page }) => {
  await page.addInitScript(() => {
    for (const name of ['localStorage', 'sessionStorage'])
      Object.defineProperty(globalThis, name, {
        get() {
          throw new DOMException('The storage is blocked', 'SecurityError')
        },
      })
  })
  for (const path of ['/', '/inventory', '/settings#data']) {
    await page.goto(path)
    await page.getByRole('button', { name: 'Change to light' }).click()
    await page.getByRole('button', { name: 'Change to dark' }).waitFor()
  }
})

describe('the palette', () => {
  test('leads to pages, actions and purchases by keyboard alone', async ({ app, page }) => {
    const lamp = await app.client.purchases.create.mutate({
      product_name: 'Desk lamp',
      price: '49.90',
      purchase_date: '2026-03-01',
    })
    await page.goto('/')
    await page.keyboard.press('Control+k')
    const palette = page.getByRole('dialog', { name: 'Search and commands' })
    await palette.waitFor()
    await expectAccessible(page)
    await page.keyboard.type('retail')
    await page.keyboard.press('Enter')
    await page.waitForURL('**/retailers')

    await page.keyboard.press('Control+k')
    await page.keyboard.type('desk')
    await palette.getByRole('option', { name: 'Desk lamp $49.90' }).waitFor()
    await page.keyboard.press('Enter')
    await page.waitForURL(`**/inventory?id=${lamp.id}`)

    // Enter before the answer has come waits for it.
    await page.goto('/')
    await page.keyboard.press('Control+k')
    await page.keyboard.type('desk')
    await page.keyboard.press('Enter')
    await page.waitForURL(`**/inventory?id=${lamp.id}`)

    await page.keyboard.press('Control+k')
    await page.keyboard.type('nothing like this')
    await palette.getByText('Nothing matches.').waitFor()
    await page.keyboard.press('Escape')
    await palette.waitFor({ state: 'hidden' })
  })
})
