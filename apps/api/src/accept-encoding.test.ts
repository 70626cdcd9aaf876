import { describe, expect, it } from 'vitest'
import { chooseCoding } from './accept-encoding.ts'

describe('chooseCoding', () => {
  it.each([
    'gzip',
    'GZIP',
    'x-gzip',
    'gzip, deflate, br',
    'br;q=1.0, gzip;q=0.8, *;q=0.1',
    '*',
    'deflate , gzip ; q=0.001',
    'gzip;q=0.5, identity;q=0.5',
    'identity;q=0, *',
  ])('is gzip for %j', (header) => {
    expect(chooseCoding(header, ['gzip'])).toBe('gzip')
  })

  it.each([
    undefined,
    '',
    'identity',
    'br, deflate',
    'gzip;q=0',
    'gzip;q=0.000',
    '*;q=0',
    'gzip;q=0, *',
    'gzip;q=0.5, identity',
    'gzip;q=2',
    'gzip;q=no',
    'gzipped',
  ])('is none for %j', (header) => {
    expect(chooseCoding(header, ['gzip'])).toBeUndefined()
  })

  it.each([
    ['gzip, deflate, br, zstd', 'br'],
    ['*', 'br'],
    ['gzip', 'gzip'],
    ['br;q=0.5, gzip', 'gzip'],
    ['br;q=0, *', 'gzip'],
    ['deflate', undefined],
  ])('of br and gzip takes for %j %s', (header, coding) => {
    expect(chooseCoding(header, ['br', 'gzip'])).toBe(coding)
  })
})
