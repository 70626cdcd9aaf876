import { plainText, type Reading, saysNothing } from './reading.ts'

const YES =
  'true t yes y 1 x on ja j oui si sí sì sim s vero verdadero verdadeiro wahr vrai waar tak da igen ano kyllä evet да ✓ ✔ ☑ ✅'
const NO = 'false f no n 0 off nein nee non não nao falso falsch faux onwaar nie nej ne nem ei hayır нет ✗ ✘ ☐ ❌'

const WORDS: ReadonlyMap<string, boolean> = new Map([
  ...YES.split(' ').map((word): [string, boolean] => [word, true]),
  ...NO.split(' ').map((word): [string, boolean] => [word, false]),
])

/** A yes or no in the words of many languages, as spreadsheets and people write it. */
export function parseBoolean(text: string): Reading<boolean> {
  const plain = plainText(text)
  if (saysNothing(plain)) return { value: null }
  const value = WORDS.get(plain.toLowerCase().normalize('NFC'))
  return value === undefined ? { error: 'is neither yes nor no: write true or false' } : { value }
}
