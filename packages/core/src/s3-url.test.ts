import { describe, expect, it } from 'vitest'
import { parseS3Url } from './s3-url.ts'

describe('the address of a bucket', () => {
  it('needs no more than its name', () => {
    expect(parseS3Url('s3://papers')).toEqual({ bucket: 'papers', prefix: '', pathStyle: false })
  })

  it('says where the server is, and what stands before every name', () => {
    const text = 's3://my.papers/household/2026/?region=eu-west-1&endpoint=http://localhost:9000'
    expect(parseS3Url(text)).toEqual({
      bucket: 'my.papers',
      prefix: 'household/2026/',
      region: 'eu-west-1',
      endpoint: 'http://localhost:9000',
      pathStyle: true,
    })
    expect(parseS3Url(`${text}&path_style=false`)).toMatchObject({ pathStyle: false })
  })

  it.each([
    ['https://papers', 'like s3://'],
    ['papers', 'like s3://'],
    ['s3://', 'bucket'],
    ['s3://Papers', 'bucket'],
    ['s3://p', 'bucket'],
    ['s3://key:secret@papers', 'variables'],
    ['s3://papers?acl=public', 'no other parameters'],
    ['s3://papers?endpoint=ftp://example.org', 'endpoint'],
    ['s3://papers?path_style=yes', 'path_style'],
  ])('is refused: %s', (text, words) => {
    expect(() => parseS3Url(text)).toThrow(words)
  })
})
