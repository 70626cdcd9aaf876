import iconv from 'iconv-lite'
import type { Encoding } from '../decode.ts'

/** How a program writes a table. */
export interface Dialect {
  delimiter: string
  lineEnd: string
  encoding: Encoding
  mark: boolean
  quoting: 'always' | 'needed'
}

export const PLAIN: Dialect = {
  delimiter: ',',
  lineEnd: '\r\n',
  encoding: 'utf-8',
  mark: false,
  quoting: 'needed',
}

export function encode(text: string, { encoding, mark }: Pick<Dialect, 'encoding' | 'mark'>): Buffer {
  return iconv.encode(text, encoding, { addBOM: mark })
}

/** A table as a well-behaved program writes it. */
export function writeTable(rows: readonly (readonly string[])[], { delimiter, lineEnd, quoting }: Dialect): string {
  const needsQuotes = (cell: string, width: number) =>
    quoting === 'always' || cell.includes(delimiter) || /["\r\n]|^ /.test(cell) || (width === 1 && cell.trim() === '')
  return rows
    .map((row) =>
      row.map((cell) => (needsQuotes(cell, row.length) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(delimiter),
    )
    .map((line) => line + lineEnd)
    .join('')
}

/** What must be read of a file: the line of each row, its cells, or what its error says. */
export interface DirtyFile {
  name: string
  bytes: Buffer
  encoding: Encoding
  delimiter: string
  header: string[]
  headerLine: number
  rows: ([row: number, cells: string[]] | [row: number, error: RegExp])[]
}

const HEADER = ['Artikel', 'Preis', 'Datum', 'Notiz']
const ROWS = [
  ['Größenverstellbarer Stuhl – „Köln“', '1.299,90 €', '31.12.2025', 'schön'],
  ['Crème brûlée, 2 Stück', '5,00', '01.02.2025', ''],
  ['Œuvre', '12,50', '03.04.2025', 'naïve\tfaçade'],
]

function file(
  name: string,
  text: string | Buffer,
  expected: Partial<DirtyFile>,
  dialect: Partial<Dialect> = {},
): DirtyFile {
  const written = { ...PLAIN, ...dialect }
  return {
    name,
    bytes: typeof text === 'string' ? encode(text, written) : text,
    encoding: written.encoding,
    delimiter: written.delimiter,
    header: HEADER,
    headerLine: 1,
    rows: ROWS.map((cells, index) => [index + 2, cells]),
    ...expected,
  }
}

function inDialect(name: string, dialect: Partial<Dialect>, expected: Partial<DirtyFile> = {}): DirtyFile {
  return file(name, writeTable([HEADER, ...ROWS], { ...PLAIN, ...dialect }), expected, dialect)
}

const ABC = ['name', 'price', 'date']

/** Every kind of dirt that files come with, each with what is to be read of it. */
export const DIRTY_FILES: readonly DirtyFile[] = [
  inDialect('UTF-8', {}),
  inDialect('UTF-8 with a mark', { mark: true }),
  inDialect('UTF-16LE with a mark', { encoding: 'utf-16le', mark: true, delimiter: '\t' }),
  inDialect('UTF-16BE with a mark', { encoding: 'utf-16be', mark: true, delimiter: ';' }),
  inDialect('UTF-16LE without a mark', { encoding: 'utf-16le', delimiter: ';' }),
  inDialect('UTF-16BE without a mark', { encoding: 'utf-16be' }),
  inDialect('Windows-1252', { encoding: 'windows-1252', delimiter: ';' }),
  inDialect('semicolons and decimal commas', { delimiter: ';' }),
  inDialect('tabs', { delimiter: '\t' }),
  inDialect('pipes', { delimiter: '|' }),
  inDialect('quotes around everything', { quoting: 'always', delimiter: ';' }),
  inDialect('lines that end with LF', { lineEnd: '\n' }),
  inDialect('lines that end with CR', { lineEnd: '\r' }),
  file('no line end after the last row', 'name;price;date\r\nLamp;1,50;2025-12-31', {
    delimiter: ';',
    header: ABC,
    rows: [[2, ['Lamp', '1,50', '2025-12-31']]],
  }),
  file('all line ends in one file', 'name,price,date\r\nA,1,a\nB,2,b\rC,"3\r\n4\r5\n6",c\r\n\r\n\n\rD,7,d', {
    header: ABC,
    rows: [
      [2, ['A', '1', 'a']],
      [3, ['B', '2', 'b']],
      [4, ['C', '3\r\n4\r5\n6', 'c']],
      [11, ['D', '7', 'd']],
    ],
  }),
  file('a line that names the delimiter', 'sep=;\r\nname;price;date\r\n"a,b";1,50;c,d\r\n', {
    delimiter: ';',
    header: ABC,
    headerLine: 2,
    rows: [[3, ['a,b', '1,50', 'c,d']]],
  }),
  file(
    'a line that names the delimiter, in UTF-16',
    'sep=\t\r\nname\tprice\tdate\r\n1\t2\t3\r\n',
    {
      delimiter: '\t',
      header: ABC,
      headerLine: 2,
      rows: [[3, ['1', '2', '3']]],
      encoding: 'utf-16le',
    },
    { encoding: 'utf-16le', mark: true },
  ),
  file('empty columns at the end', 'name,price,date,,\nA,1,x,,\nB,2,y\nC,3,z,,,,\nD,4,w,v,\n', {
    header: ABC,
    rows: [
      [2, ['A', '1', 'x']],
      [3, ['B', '2', 'y']],
      [4, ['C', '3', 'z']],
      [5, /^has 5 columns where the header has 3$/],
    ],
  }),
  file('rows with too few and too many columns', 'name,price,date\nA,1\nB,1,50,x\nC\nD,4,w\n', {
    header: ABC,
    rows: [
      [2, /^has 2 columns where the header has 3$/],
      [3, /^has 4 columns/],
      [4, /^has 1 column where/],
      [5, ['D', '4', 'w']],
    ],
  }),
  file('line breaks within quotes', 'name,price,"the\nday"\n"a\nb",1,"x\r\ny"\nB,2,z\n', {
    header: ['name', 'price', 'the day'],
    rows: [
      [3, ['a\nb', '1', 'x\r\ny']],
      [6, ['B', '2', 'z']],
    ],
  }),
  file('empty rows', 'name,price,date\n\nA,1,x\n,,\n  \n , ,\nB,2,y\n\n\n', {
    header: ABC,
    rows: [
      [3, ['A', '1', 'x']],
      [7, ['B', '2', 'y']],
    ],
  }),
  file('a quote that is never closed', 'name,price,date\nA,1,x\nB,"24 inch,y\nC,3,z\nD,4,w\n', {
    header: ABC,
    rows: [
      [2, ['A', '1', 'x']],
      [3, /^has a field that begins with a quote/],
      [4, ['C', '3', 'z']],
      [5, ['D', '4', 'w']],
    ],
  }),
  file('a stray quote before a quoted field', 'name,price,date\n"B,2,y\nC,3,z\nD,4,"w"\nE,5,"u,v"\n', {
    header: ABC,
    rows: [
      [2, /^has text behind a closing quote/],
      [3, ['C', '3', 'z']],
      [4, ['D', '4', 'w']],
      [5, ['E', '5', 'u,v']],
    ],
  }),
  file('a stray quote that another one closes', 'name,price,date\nB,"2,y\nC,3,z\nD,4,w"\nE,5,x\n', {
    header: ABC,
    rows: [
      [2, /^has 2 columns where the header has 3/],
      [3, ['C', '3', 'z']],
      [4, ['D', '4', 'w"']],
      [5, ['E', '5', 'x']],
    ],
  }),
  file('inches in plain text and blanks around quotes', 'name,price,date\nTV 24" black,1,x\n "a, b" , "2" ,y\n', {
    header: ABC,
    rows: [
      [2, ['TV 24" black', '1', 'x']],
      [3, ['a, b', '2', 'y']],
    ],
  }),
  file('quotes that are not doubled', 'name,price,date\n"24" TV",1,x\nB,2,y\n', {
    header: ABC,
    rows: [
      [2, /^has text behind a closing quote/],
      [3, ['B', '2', 'y']],
    ],
  }),
  file(
    'a title above the table',
    'Umsätze;;;\nKonto:;DE12;;\n\nArtikel;Preis;Datum;Notiz\nA;1,50;01.02.2025;\nB;2,50;02.02.2025;x\n',
    {
      delimiter: ';',
      headerLine: 4,
      rows: [
        [5, ['A', '1,50', '01.02.2025', '']],
        [6, ['B', '2,50', '02.02.2025', 'x']],
      ],
    },
  ),
  file('unquoted decimal commas in every row', 'name,price,date\nLamp,1,50,2025-12-31\nDesk,2,50,2025-12-31\n', {
    header: ABC,
    rows: [
      [2, /^has 4 columns/],
      [3, /^has 4 columns/],
    ],
  }),
  file('a header alone', 'name,price,date', { header: ABC, rows: [] }),
  file('a column without a name in the middle', ',name,,price\n1,Lamp,x,2\n', {
    header: ['', 'name', '', 'price'],
    rows: [[2, ['1', 'Lamp', 'x', '2']]],
  }),
  file('special spaces', '\u00a0name\u00a0,price,date\nLamp,1\u202f299\u00a0€,\u00a02025-12-31\n', {
    header: ABC,
    rows: [[2, ['Lamp', '1\u202f299\u00a0€', '\u00a02025-12-31']]],
  }),
]

/** Files that are no table, or none that can be read without doubt, and what is said of them. */
export const REFUSED_FILES: readonly { name: string; bytes: Buffer; says: RegExp }[] = [
  { name: 'nothing', bytes: Buffer.alloc(0), says: /^The file is empty/ },
  { name: 'only a mark', bytes: Buffer.from('\ufeff'), says: /^The file is empty/ },
  { name: 'only blank lines', bytes: Buffer.from('\r\n  \r\n;;;\r\n'), says: /^The file is empty/ },
  { name: 'a zip', bytes: Buffer.from('PK\x03\x04\x14\0\0\0'), says: /ZIP archive or an Excel workbook/ },
  { name: 'an empty zip', bytes: Buffer.concat([Buffer.from('PK\x05\x06'), Buffer.alloc(18)]), says: /ZIP/ },
  { name: 'gzip', bytes: Buffer.from('1f8b0800000000000003', 'hex'), says: /gzip/ },
  { name: 'an old workbook', bytes: Buffer.from('d0cf11e0a1b11ae1', 'hex'), says: /\.xls/ },
  { name: 'a PDF', bytes: Buffer.from('%PDF-1.7\n'), says: /PDF/ },
  { name: 'a PNG', bytes: Buffer.from('89504e470d0a1a0a', 'hex'), says: /image/ },
  { name: 'a JPEG', bytes: Buffer.from('ffd8ffe000104a464946', 'hex'), says: /image/ },
  { name: 'a web page', bytes: Buffer.from('\n<!DOCTYPE html>\n<html><body>Sign in'), says: /HTML/ },
  { name: 'a web page in UTF-16', bytes: encode('<html>', { encoding: 'utf-16be', mark: true }), says: /HTML/ },
  { name: 'XML', bytes: Buffer.from('<?xml version="1.0"?><a/>'), says: /XML/ },
  { name: 'a JSON object', bytes: Buffer.from(' {"purchases": []}'), says: /JSON/ },
  { name: 'a JSON list', bytes: Buffer.from('[\n  {"name": "Lamp"}]'), says: /JSON/ },
  { name: 'a NUL in 8-bit text', bytes: Buffer.from('name,price\nLa\0mp,1\n'), says: /NUL/ },
  { name: 'binary', bytes: Buffer.from('00010203000506070800000b0c0d0e0f', 'hex'), says: /NUL/ },
  { name: 'UTF-16 cut in the middle', bytes: Buffer.from('fffe61006200c3', 'hex'), says: /UTF-16, but damaged/ },
  { name: 'UTF-16 with half a pair', bytes: Buffer.from('fffe610000d86200', 'hex'), says: /UTF-16, but damaged/ },
  { name: 'UTF-32', bytes: Buffer.from('fffe00006100000062000000', 'hex'), says: /UTF-16, but damaged/ },
  {
    name: 'UTF-8 with one broken byte',
    bytes: Buffer.concat([Buffer.from('name,price\nÄpfel,1\nKöln,2\nBr'), Buffer.from([0xfc]), Buffer.from('cke,3\n')]),
    says: /^Line 4 is not valid UTF-8/,
  },
  {
    name: 'UTF-8 cut in the middle of a character',
    bytes: Buffer.from('name,price\nÄpfel,1\nKöln,2\nÜ').subarray(0, -1),
    says: /^Line 4 is not valid UTF-8/,
  },
  {
    name: 'neither UTF-8 nor Windows-1252',
    bytes: Buffer.from('name,price\rK\x94ln,1\rT\x81r,2\r', 'latin1'),
    says: /^Line 3 holds characters that are neither/,
  },
  { name: 'a column twice', bytes: Buffer.from('name;price; Name ;price\n'), says: /The column "price" stands/ },
  {
    name: '10,000 columns',
    bytes: Buffer.from('abcdefghi,'.repeat(10_000)),
    says: /header on line 1 has more than 1,000/,
  },
  { name: '10,000 columns in quotes', bytes: Buffer.from('"abcdef",'.repeat(10_000)), says: /has more than 1,000 col/ },
  { name: 'a header of 2 MB', bytes: Buffer.from('a'.repeat(2_000_000)), says: /name has more than 1000/ },
]
