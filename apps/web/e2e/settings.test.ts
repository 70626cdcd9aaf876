import { describe, expect } from 'vitest'
import { expectAccessible } from './axe.ts'
import { keepScreenshot, test } from './fixture.ts'

describe('general settings', () => {
  test('turn the pages German where the language does, after a sample of how things will look', async ({
    app,
    page,
  }) => {
    await page.goto('/settings')
    await page.getByText('$1,299.90').waitFor()
    await page.getByLabel('Language and region').fill('de-DE')
    await page.getByLabel('Base currency').fill('eur')
    await page.getByLabel('Time zone').fill('Europe/Berlin')
    await page.getByText('1.299,90 €').waitFor()
    await page.getByText('they are loaded again when you save').waitFor()
    await page.getByLabel('Dates').selectOption({ label: '15.03.2026' })
    await page.getByLabel('First day of the week').selectOption('Sunday')
    await page.getByLabel('“Expiring soon” means within').fill('45')
    await page.getByRole('button', { name: 'Save' }).click()

    await page.getByRole('heading', { name: 'Einstellungen' }).waitFor()
    await page.getByText('Die Einstellungen sind gespeichert.').first().waitFor()
    expect(await page.getByLabel('Erster Tag der Woche').inputValue()).toBe('SUNDAY')
    expect(await page.getByText('15.03.2026, 13:00').isVisible()).toBe(true)
    expect(await app.client.settings.get.query()).toMatchObject({
      locale: 'de-DE',
      base_currency: 'EUR',
      time_zone: 'Europe/Berlin',
      date_format: 'DMY',
      week_start: 'SUNDAY',
      expiring_soon_days: 45,
    })
  })

  test('say what is wrong beside each field, and change nothing', async ({ app, page }) => {
    app.guard.expect(422)
    const before = await app.client.settings.get.query()
    await page.goto('/settings#general')
    const days = page.getByLabel('“Expiring soon” means within')
    await days.fill('')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('Write a whole number').waitFor()
    expect(await days.getAttribute('aria-invalid')).toBe('true')
    await days.fill('9999')
    await page.getByLabel('Time zone').fill('Europe/Nowhere')
    await page.getByLabel('Base currency').fill('XYZ')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('Must be an IANA time zone such as Europe/Berlin').waitFor()
    await page.getByText('Must be an ISO 4217 currency code').waitFor()
    await page.waitForFunction(() => document.activeElement?.id === 'base-currency')
    expect(await days.getAttribute('aria-invalid')).toBe('true')
    await expectAccessible(page)
    await keepScreenshot(page, 'settings-general-wrong-light')
    expect(await app.client.settings.get.query()).toEqual(before)
  })
})

describe('the cards of the dashboard', () => {
  test('are hidden and put in order by keyboard', async ({ app, page }) => {
    await page.goto('/settings')
    await page.getByRole('link', { name: 'Dashboard cards' }).click()
    await page.waitForURL('**/settings#dashboard')
    await page.getByLabel('Average price', { exact: true }).uncheck()
    await page.getByRole('button', { name: 'Move up: Items' }).press('Enter')
    // At the top there is no further up: the focus goes to the way down.
    await page.waitForFunction(() => document.activeElement?.getAttribute('aria-label') === 'Move down: Items')
    expect(await page.getByRole('button', { name: 'Move up: Items' }).isDisabled()).toBe(true)
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('The settings are saved.').first().waitFor()
    const { dashboard_cards } = await app.client.settings.get.query()
    expect(dashboard_cards.slice(0, 3)).toEqual(['item_count', 'total_spent', 'active_warranties'])
    expect(dashboard_cards).not.toContain('avg_price')
    await page.reload()
    await page.getByLabel('Average price', { exact: true }).waitFor()
    expect(await page.getByLabel('Average price', { exact: true }).isChecked()).toBe(false)
  })
})

describe('the settings', () => {
  test('are accessible and calm, light, dark and small', async ({ app }) => {
    for (const colorScheme of ['light', 'dark'] as const) {
      const page = await app.open({ colorScheme })
      for (const part of ['general', 'dashboard', 'data']) {
        await page.goto(`/settings#${part}`)
        await page.reload()
        await page.locator('[data-section] h2:visible').waitFor()
        await page.waitForLoadState('networkidle')
        await expectAccessible(page)
        await keepScreenshot(page, `settings-${part}-${colorScheme}`)
      }
    }
    const page = await app.open({ viewport: { width: 360, height: 740 } })
    for (const part of ['general', 'dashboard', 'data']) {
      await page.goto(`/settings#${part}`)
      await page.reload()
      await page.waitForLoadState('networkidle')
      await keepScreenshot(page, `settings-${part}-360`)
      await page.setViewportSize({ width: 320, height: 740 })
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320)
      await page.setViewportSize({ width: 360, height: 740 })
    }
  })
})
