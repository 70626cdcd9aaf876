import { expect } from 'vitest'
import type { TestApp, TestRequest } from '../testing.ts'

export const NOW = '2026-03-15T10:20:30Z'
export const UUID_V7 = /^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/
/** The id of nothing. */
export const NOBODY = '019ab3c4-5d6e-7f80-9a1b-2c3d4e5f6071'

/** A purchase that is right, and a warranty for it. */
export const bought = { product_name: 'Clock', price: '12.50', purchase_date: '2026-03-01' }
export const coverage = { warranty_start: '2026-03-01', warranty_end: '2027-03-01' }

export interface Answer {
  status: number
  headers: { get(name: string): string | null }
  text: string
  /** What the text says as JSON; each test knows what it looks for in it. */
  body: ReturnType<typeof JSON.parse>
}

/** The verbs of REST on a world's server; each checks what every answer has. */
export function restOf(getWorld: () => { server: TestApp }) {
  async function ask(path: string, init: TestRequest = {}): Promise<Answer> {
    const response = await getWorld().server.request(path, init)
    const text = await response.text()
    expect(response.headers.get('X-Request-Id')).toMatch(/^[\da-f-]{36}$/)
    const type = response.ok ? 'application/json' : 'application/problem+json'
    expect(response.headers.get('Content-Type')).toBe([204, 304].includes(response.status) ? null : type)
    const { status, headers } = response
    return { status, headers, text, body: text === '' ? undefined : JSON.parse(text) }
  }
  return {
    ask,
    /** Reads once more, if it is not as it was when it had this tag. */
    readAgain: (path: string, tag: string | null) => ask(path, { headers: { 'If-None-Match': tag ?? '' } }),
    post: (path: string, json: unknown) => ask(path, { json }),
    put: (path: string, json: unknown, headers: Record<string, string> = {}) =>
      ask(path, { method: 'PUT', json, headers }),
    remove: (path: string, headers: Record<string, string> = {}) => ask(path, { method: 'DELETE', headers }),
    /** Makes the purchase above, changed a little. */
    buy: async (more: object = {}) => (await ask('/api/purchases', { json: { ...bought, ...more } })).body,
  }
}
