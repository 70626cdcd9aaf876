import { describe, expect, it } from 'vitest'
import { prefersGzip } from './accept-encoding.ts'

describe('prefersGzip', () => {
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
  ])('holds for %j', (header) => {
    expect(prefersGzip(header)).toBe(true)
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
  ])('does not hold for %j', (header) => {
    expect(prefersGzip(header)).toBe(false)
  })
})
