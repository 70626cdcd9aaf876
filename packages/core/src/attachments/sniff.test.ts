import { describe, expect, it } from 'vitest'
import { sniffType } from './sniff.ts'

const bytes = (text: string) => Buffer.from(text, 'latin1')

describe('what a file is', () => {
  it.each([
    ['a PDF', bytes('%PDF-1.4\n'), 'application/pdf'],
    ['a GIF', bytes('GIF89a'), 'image/gif'],
    ['a JPEG', bytes('\xff\xd8\xff\xe0'), 'image/jpeg'],
    ['a WebP', bytes('RIFF\x00\x00\x00\x18WEBPVP8 '), 'image/webp'],
    ['an AVIF', bytes(`\x00\x00\x00\x18ftypavif${'\x00'.repeat(16)}`), 'image/avif'],
    ['a HEIC', bytes(`\x00\x00\x00\x18ftypheic${'\x00'.repeat(16)}`), 'image/heic'],
    ['a calendar', bytes('BEGIN:VCALENDAR\r\n'), 'text/calendar'],
    ['an SVG', bytes('<svg xmlns="http://www.w3.org/2000/svg"/>'), 'image/svg+xml'],
    ['an SVG with a declaration', bytes('<?xml version="1.0"?>\n<!-- x --><svg/>'), 'image/svg+xml'],
    ['other XML', bytes('<?xml version="1.0"?><invoice/>'), 'application/xml'],
    ['a page', bytes('\n<!DOCTYPE html><p>'), 'text/html'],
    ['a page without a type', bytes('<html lang="en">'), 'text/html'],
    ['a script in a page', bytes('<script>alert(1)</script>'), 'text/html'],
    ['a letter', bytes('From: shop@example.org\nSubject: Your order\n\nThank you'), 'message/rfc822'],
    ['a letter with folded lines', bytes('Received: from a\n\tby b\n\n'), 'message/rfc822'],
    ['words', Buffer.from('Quittung über 5 €'), 'text/plain'],
    ['words with a mark', Buffer.from('\ufeffWords'), 'text/plain'],
    ['words in UTF-16', Buffer.from('\ufeffWörter', 'utf16le'), 'text/plain'],
    ['words that end in the middle of a letter', Buffer.from('Fünf €').subarray(0, -1), 'text/plain'],
    ['words that are no UTF-8', bytes('f\xfcnf'), 'application/octet-stream'],
    ['zeros', Buffer.alloc(100), 'application/octet-stream'],
    ['a program', bytes('\x7fELF'), 'application/x-elf'],
  ])('%s', async (_, head, mime) => {
    expect(await sniffType(head)).toMatchObject({ mime })
  })

  it('is found at once in a text that is made to keep a reader busy', async () => {
    const begun = performance.now()
    expect(await sniffType(Buffer.from('<!----> '.repeat(8000)))).toMatchObject({ mime: 'text/plain' })
    expect(performance.now() - begun).toBeLessThan(1000)
  })
})
