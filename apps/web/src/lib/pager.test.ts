import { expect, it } from 'vitest'
import { pager } from './pager.ts'

const moved: string[] = []

it.each([
  { name: 'what is there stays', items: ['one'], total: 41, skip: 40, asked: [], at: 40 },
  {
    name: 'the last page is asked for where nothing is left',
    items: [],
    total: 40,
    skip: 40,
    asked: ['replace'],
    at: 20,
  },
  { name: 'also far behind it', items: [], total: 41, skip: 1000, asked: ['replace'], at: 40 },
  { name: 'and the first where there is nothing at all', items: [], total: 0, skip: 20, asked: ['replace'], at: 0 },
  { name: 'which is not asked for again', items: [], total: 0, skip: 0, asked: [], at: 0 },
])('$name', ({ items, total, skip, asked, at }) => {
  moved.length = 0
  const pages = pager((how) => moved.push(how))
  pages.take({ items, total, skip, limit: 20 })
  expect(moved).toEqual(asked)
  expect(pages).toMatchObject({ skip: at, total, limit: 20 })
})
