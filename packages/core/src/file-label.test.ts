import { describe, expect, it } from 'vitest'
import { toFileLabel } from './file-label.ts'

describe('the label of a file', () => {
  it.each([
    ['receipt.pdf', 'receipt.pdf'],
    ['../../etc/passwd', 'passwd'],
    ['C:\\bills\\may.pdf', 'may.pdf'],
    ['  Счёт 🧾.pdf ', 'Счёт 🧾.pdf'],
    ['Cafe\u0301.pdf', 'Café.pdf'],
    ['a\u0000b\r\nc.pdf', 'abc.pdf'],
    ['photo\u202egnp.exe', 'photognp.exe'],
    ['x\ud800.pdf', 'x\ufffd.pdf'],
    ['.pdf', '.pdf'],
    ['', 'file'],
    ['..', 'file'],
    ['\u200b', 'file'],
    ['folder/', 'file'],
  ])('of %j is %j', (filename, label) => {
    expect(toFileLabel(filename, 'file')).toBe(label)
  })

  it('is at most 255 characters long, and keeps its ending', () => {
    const label = toFileLabel(`${'🧾'.repeat(300)}.tar.gz`, 'file')
    expect([...label].length).toBe(255)
    expect(label.endsWith('🧾.gz')).toBe(true)
    expect([...toFileLabel('x'.repeat(300), 'file')].length).toBe(255)
  })
})
