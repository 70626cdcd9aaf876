import { expect, test } from 'vitest'
import { combobox, type Option } from './combobox.ts'

const SHOPS = ['Amazon', 'Amazing Goods'].map((name) => ({ id: name, name }))

/** A field in which `find` looks through the shops, and what was chosen in it. */
function field(isForMany = false) {
  const chosen: (Option | null)[] = []
  const box = combobox({
    find: async (words) => SHOPS.filter(({ name }) => name.toLowerCase().includes(words.toLowerCase())),
    onChoose: (option) => chosen.push(option),
    isForMany,
  })
  return { box, chosen }
}

function press(key: string): KeyboardEvent {
  return { key, preventDefault() {}, stopPropagation() {} } as KeyboardEvent
}

test('Enter takes the suggestion for the words, and never one for words of before', async () => {
  const { box, chosen } = field()
  box.words = 'Ama'
  await box.look()
  // Quicker than the list: what stands there is still for the first letters.
  box.words = 'Amazing Goods'
  box.write()
  box.onKey(press('Enter'))
  await expect.poll(() => chosen).toEqual([{ id: 'Amazing Goods', name: 'Amazing Goods' }])

  box.clear()
  box.words = 'amazo'
  await box.look()
  box.onKey(press('Enter'))
  expect(chosen.at(-1)).toEqual({ id: 'Amazon', name: 'Amazon' })
})
