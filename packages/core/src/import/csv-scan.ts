/** Characters in one field. */
const MAX_FIELD = 2 ** 20
/** Characters in one record. */
const MAX_RECORD = 2 ** 22
const MAX_COLUMNS = 1000

const NOT_CLOSED = 'has a field that begins with a quote and has none at its end'
const TEXT_AFTER_QUOTE = 'has text behind a closing quote: a quote within quotes is written twice'
const FIELD_TOO_LARGE = `has a field of more than ${MAX_FIELD.toLocaleString('en')} characters`
const TOO_LARGE = `has more than ${MAX_RECORD.toLocaleString('en')} characters`
export const TOO_MANY_COLUMNS = `has more than ${MAX_COLUMNS.toLocaleString('en')} columns`

/**
 * A record of the file, or what is wrong with it, in a sentence without a subject. `row` is the number of the line it
 * starts on, as an editor shows it: CRLF, LF and CR end a line each.
 */
export type CsvRecord =
  | { row: number; cells: string[]; error?: undefined }
  | { row: number; cells?: undefined; error: string }

const LF = 10
const CR = 13
const SPACE = 32
const QUOTE = 34

/** The first place of a character at or after `from`; searching again from behind it is free. */
interface Found {
  readonly character: string
  from: number
  at: number
}

/**
 * Splits text that comes in chunks into records, by RFC 4180 with what is seen in the wild: any line end, also mixed;
 * blanks around quotes; quotes in the middle of plain text as they are. Lines of nothing but delimiters and blanks are
 * no records.
 *
 * A field that begins with a quote and does not end with one makes its record an error, and reading goes on at the
 * line after the one the field began on; so does a record of several lines whose columns don't match the header, where
 * most likely a stray quote has swallowed lines that are records of their own.
 */
export class CsvScanner {
  readonly #delimiter: string
  readonly #delimiterCode: number
  readonly #width: number | undefined
  readonly #lf: Found = { character: '\n', from: 0, at: -1 }
  readonly #cr: Found = { character: '\r', from: 0, at: -1 }
  readonly #quote: Found = { character: '"', from: 0, at: -1 }
  #text = ''
  /** Where in the text the next record starts, and on which line. */
  #at = 0
  #line = 1
  /** Scanning an unfinished record again is worth it only once the text has doubled. */
  #wanted = 0
  #last = false
  /** A line feed that comes next belongs to a carriage return that was the end of the last chunk. */
  #afterCr = false
  /** What comes next is the rest of a line too long to be held. */
  #skipping = false

  /**
   * @param delimiter one character
   * @param width how many columns each record has; undefined: any number is fine
   */
  constructor(delimiter: string, width?: number) {
    this.#delimiter = delimiter
    this.#delimiterCode = delimiter.charCodeAt(0)
    this.#width = width
  }

  /** Takes the next chunk, of any length; `take` gives the records that are complete with it. @param last nothing follows */
  push(chunk: string, last = false): void {
    this.#text = this.#text.slice(this.#at) + chunk
    this.#last = last
    this.#at = 0
    for (const found of [this.#lf, this.#cr, this.#quote]) found.at = -1
    if (this.#text.length >= this.#wanted || last) this.#wanted = 0
    if (this.#afterCr && this.#text !== '') {
      if (this.#text.charCodeAt(0) === LF) this.#at = 1
      this.#afterCr = false
    }
  }

  /** The next records, `limit` at most; none when more text is needed. */
  take(limit: number): CsvRecord[] {
    const records: CsvRecord[] = []
    while (this.#at < this.#text.length && this.#wanted === 0 && records.length < limit) {
      const record = this.#skipping ? this.#skipLine() : this.#next()
      if (record) records.push(record)
    }
    return records
  }

  /** The next record; undefined where a line holds none, or where more text is `wanted` first. */
  #next(): CsvRecord | undefined {
    const start = this.#at
    const lineEnd = this.#lineEnd(start)
    if (lineEnd === start) {
      this.#advance(lineEnd, 1)
      return undefined
    }
    if (this.#find(this.#quote, start) < lineEnd) return this.#quoted(start)
    const end = Math.min(lineEnd, this.#text.length)
    if (end - start > MAX_RECORD) return this.#fail(TOO_LARGE, start, 0)
    if (lineEnd > end && !this.#last) return this.#wait(start)
    const cells = this.#text.slice(start, end).split(this.#delimiter)
    const row = this.#line
    this.#advance(end, 1)
    if (isBlank(cells)) return undefined
    if (end - start > MAX_FIELD && cells.some(({ length }) => length > MAX_FIELD))
      return { row, error: FIELD_TOO_LARGE }
    return this.#checked(row, cells)
  }

  /** A record with quotes somewhere on its first line. */
  #quoted(start: number): CsvRecord | undefined {
    const text = this.#text
    const cells: string[] = []
    let at = start
    let breaks = 0
    let anyQuoted = false
    for (;;) {
      let open = at
      while (text.charCodeAt(open) === SPACE) open++
      const field = at
      if (text.charCodeAt(open) === QUOTE) {
        anyQuoted = true
        const close = this.#closingQuote(open)
        const length = Math.min(close, text.length) - open
        if (length > MAX_FIELD) return this.#fail(close < text.length ? FIELD_TOO_LARGE : NOT_CLOSED, field, breaks)
        if (close >= text.length) {
          if (this.#last) return this.#fail(NOT_CLOSED, field, breaks)
          return this.#wait(start, field, breaks)
        }
        at = close + 1
        while (text.charCodeAt(at) === SPACE) at++
        if (at < text.length && !this.#endsField(at)) return this.#fail(TEXT_AFTER_QUOTE, field, breaks)
        const inside = text.slice(open + 1, close)
        cells.push(inside.includes('"') ? inside.replaceAll('""', '"') : inside)
        breaks += this.#countBreaks(open, close)
      } else {
        while (at < text.length && !this.#endsField(at)) at++
        if (at - field > MAX_FIELD) return this.#fail(FIELD_TOO_LARGE, field, breaks)
        cells.push(text.slice(field, at))
      }
      // A quote at the very end may yet turn out to be half of a pair.
      if (at >= text.length && !this.#last) return this.#wait(start, field, breaks)
      if (at - start > MAX_RECORD) return this.#fail(TOO_LARGE, field, breaks)
      if (text.charCodeAt(at) !== this.#delimiterCode) break
      if (cells.length > MAX_COLUMNS) return this.#fail(TOO_MANY_COLUMNS, field, breaks)
      at++
    }
    const row = this.#line
    const record = !anyQuoted && isBlank(cells) ? undefined : this.#checked(row, cells)
    if (record?.error !== undefined && breaks > 0)
      return this.#fail(`${record.error}, if its quotes are right`, start, 0)
    this.#advance(at, breaks + 1)
    return record
  }

  /** The quote that ends the field opened at `open`; beyond the text when there is none yet. */
  #closingQuote(open: number): number {
    for (let from = open + 1; ; ) {
      const quote = this.#text.indexOf('"', from)
      if (quote < 0) return Number.POSITIVE_INFINITY
      if (this.#text.charCodeAt(quote + 1) !== QUOTE) return quote
      from = quote + 2
    }
  }

  #endsField(at: number): boolean {
    const code = this.#text.charCodeAt(at)
    return code === this.#delimiterCode || code === LF || code === CR
  }

  #checked(row: number, cells: string[]): CsvRecord {
    if (cells.length > MAX_COLUMNS) return { row, error: TOO_MANY_COLUMNS }
    const width = this.#width
    if (width === undefined || cells.length === width) return { row, cells }
    if (cells.length > width && isBlank(cells.slice(width))) return { row, cells: cells.slice(0, width) }
    const columns = cells.length === 1 ? '1 column' : `${cells.length} columns`
    return { row, error: `has ${columns} where the header has ${width}` }
  }

  /** Gives the record up; reading goes on after the line on which the field begins. @param breaks line ends before it */
  #fail(error: string, field: number, breaks: number): CsvRecord {
    const row = this.#line
    const lineEnd = this.#lineEnd(field)
    if (lineEnd < this.#text.length) {
      this.#advance(lineEnd, breaks + 1)
    } else {
      this.#at = this.#text.length
      this.#line += breaks
      this.#skipping = true
    }
    return { row, error }
  }

  #skipLine(): undefined {
    const lineEnd = this.#lineEnd(this.#at)
    if (lineEnd < this.#text.length) {
      this.#skipping = false
      this.#advance(lineEnd, 1)
    } else {
      this.#at = this.#text.length
    }
  }

  /** The record needs more text, unless it is too large already. */
  #wait(start: number, field = start, breaks = 0): CsvRecord | undefined {
    const length = this.#text.length - start
    if (length > MAX_RECORD) return this.#fail(TOO_LARGE, field, breaks)
    this.#wanted = 2 * length
    return undefined
  }

  /** Goes behind the line end at `end`, if there is one. */
  #advance(end: number, lines: number): void {
    this.#line += lines
    this.#at = Math.min(this.#afterLineEnd(end), this.#text.length)
    this.#afterCr = end === this.#text.length - 1 && this.#text.charCodeAt(end) === CR
  }

  #afterLineEnd(end: number): number {
    return this.#text.charCodeAt(end) === CR && this.#text.charCodeAt(end + 1) === LF ? end + 2 : end + 1
  }

  #countBreaks(from: number, to: number): number {
    let count = 0
    for (let end = this.#lineEnd(from); end < to; end = this.#lineEnd(this.#afterLineEnd(end))) count++
    return count
  }

  /** The first line end at or after `from`; infinite when there is none yet. */
  #lineEnd(from: number): number {
    return Math.min(this.#find(this.#lf, from), this.#find(this.#cr, from))
  }

  #find(found: Found, from: number): number {
    if (from < found.from || from > found.at) {
      const at = this.#text.indexOf(found.character, from)
      found.from = from
      found.at = at < 0 ? Number.POSITIVE_INFINITY : at
    }
    return found.at
  }
}

function isBlank(cells: readonly string[]): boolean {
  for (const cell of cells) if (cell !== '' && cell.trim() !== '') return false
  return true
}
