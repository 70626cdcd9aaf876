import { describe, expect, it } from 'vitest'
import { contentDisposition } from './content-disposition.ts'

describe('the name of a file to save', () => {
  it.each([
    ['receipt.pdf', 'inline; filename="receipt.pdf"'],
    ['two words.pdf', 'inline; filename="two words.pdf"'],
    ['Käufe.pdf', `inline; filename="Kaufe.pdf"; filename*=UTF-8''K%C3%A4ufe.pdf`],
    ['счёт.pdf', `inline; filename="____.pdf"; filename*=UTF-8''%D1%81%D1%87%D1%91%D1%82.pdf`],
    ['🧾.pdf', `inline; filename="_.pdf"; filename*=UTF-8''%F0%9F%A7%BE.pdf`],
    ['a"b\\c%41.pdf', `inline; filename="a_b_c_41.pdf"; filename*=UTF-8''a%22b%5Cc%2541.pdf`],
    [`it's (1)*ä.pdf`, `inline; filename="it's (1)*a.pdf"; filename*=UTF-8''it%27s%20%281%29%2A%C3%A4.pdf`],
    ['a;b,c=d.pdf', 'inline; filename="a;b,c=d.pdf"'],
  ])('%s', (filename, header) => {
    expect(contentDisposition('inline', filename)).toBe(header)
  })
})
