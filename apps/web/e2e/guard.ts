import type { Page } from 'playwright-core'

/** How Chromium logs an answer that is no success. */
const FAILED_ANSWER = /^Failed to load resource: the server responded with a status of (\d{3})/

/** Notes what a visitor must never meet: errors in the console, broken policies, thrown errors, unexpected refusals. */
export class Guard {
  readonly problems: string[] = []
  readonly #expected = new Set<number>()
  #expectsSilence = false

  /** From now on the test provokes answers with these statuses. */
  expect(...statuses: number[]): void {
    for (const status of statuses) this.#expected.add(status)
  }

  /** From now on the test cuts the page off. */
  expectNoAnswer(): void {
    this.#expectsSilence = true
  }

  watch(page: Page): void {
    page.on('console', (message) => {
      if (message.type() !== 'error' && message.type() !== 'warning') return
      const text = message.text()
      const status = FAILED_ANSWER.exec(text)?.[1]
      if (status !== undefined && this.#expected.has(Number(status))) return
      if (this.#expectsSilence && /net::ERR_|Failed to load resource/.test(text)) return
      this.problems.push(`${message.type()} in the console: ${text}`)
    })
    page.on('pageerror', (error) => this.problems.push(`thrown: ${error.message}\n${error.stack}`))
    page.on('response', (response) => {
      if (response.status() < 400 || this.#expected.has(response.status())) return
      this.problems.push(`${response.status()} from ${response.request().method()} ${response.url()}`)
    })
  }
}
