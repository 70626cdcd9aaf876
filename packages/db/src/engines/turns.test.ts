import { describe, expect, it } from 'vitest'
import { Turns } from './turns.ts'

const late = () => new Error('late')

describe('turns', () => {
  it('come in the order they were asked for, one at a time', async () => {
    const turns = new Turns()
    const order: string[] = []
    await Promise.all(
      ['a', 'b', 'c'].map(async (name) => {
        const end = await turns.take(1_000, late)
        order.push(`${name} begins`)
        await new Promise(setImmediate)
        order.push(`${name} ends`)
        end()
      }),
    )
    expect(order).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends'])
  })

  it('that come too late are given up, and those behind still wait for the one in front', async () => {
    const turns = new Turns()
    const end = await turns.take(1_000, late)
    const impatient = turns.take(1, late)
    const behind = turns.take(1_000, late)
    await expect(impatient).rejects.toThrow('late')
    let begun = false
    const waiting = behind.then((endBehind) => {
      begun = true
      return endBehind
    })
    await new Promise(setImmediate)
    expect(begun).toBe(false)
    end()
    ;(await waiting)()
    ;(await turns.take(1_000, late))()
  })
})
