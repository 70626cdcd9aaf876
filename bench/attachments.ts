import { createCipheriv } from 'node:crypto'
import { Readable } from 'node:stream'
import { localFiles, newId } from '@spends/core'
import { seededRandom } from '@spends/core/demo/random'
import { connectDatabase } from '@spends/db'
import { NOW } from './databases.ts'

export interface AttachmentsOptions {
  files: number
  /** Of all files together, about. */
  bytes: number
}

/** The largest file is that many times as large as the smallest one. */
const SPREAD = 10_000
const TEXT_BYTES = 1 << 20
/** Files that are written at once: each waits for the disk. */
const AT_ONCE = 16

const MIME_TYPES = { text: 'text/plain', packed: 'image/jpeg' } as const

/**
 * Gives each of the first purchases of a database a file, the same ones each time. Many are small and few are large,
 * every other one is text, which can be packed, and the others cannot, as photos.
 * @param database the path of its file
 * @param uploads the folder of the files
 */
export async function addAttachments(
  database: string,
  uploads: string,
  { files, bytes }: AttachmentsOptions,
): Promise<void> {
  const { db, close } = connectDatabase({ url: database, dataDir: '' })
  try {
    const store = localFiles(uploads)
    const contents = contentsOf({ files, bytes })
    const purchases = await db.selectFrom('purchases').select('id').orderBy('id').limit(files).execute()
    if (purchases.length < files) throw new Error(`there are only ${purchases.length} purchases for ${files} files`)
    for (let from = 0; from < files; from += AT_ONCE) {
      const rows = purchases.slice(from, from + AT_ONCE).map(async ({ id: purchase_id }, index) => {
        const [kind, content] = contents(from + index)
        const { sha256, size } = await store.put(Readable.from([content]))
        return {
          id: newId(),
          purchase_id,
          kind: 'RECEIPT',
          filename: `receipt ${from + index}`,
          mime_type: MIME_TYPES[kind],
          size,
          sha256,
          available: true,
          created_at: NOW.toISOString().replace('.000Z', 'Z'),
        } as const
      })
      await db
        .insertInto('attachments')
        .values(await Promise.all(rows))
        .execute()
    }
  } finally {
    await close()
  }
}

/** What each file holds, by its number; to be called in order, and what it gave is good for a batch. */
function contentsOf({ files, bytes }: AttachmentsOptions): (number: number) => [keyof typeof MIME_TYPES, Uint8Array] {
  const random = seededRandom(3)
  const shares = Array.from({ length: files }, () => SPREAD ** (random.below(1 << 20) / 2 ** 20))
  const whole = shares.reduce((sum, share) => sum + share, 0)
  const text = someText(random)
  // A keystream cannot be packed, and comes faster than the disk takes it.
  const noise = createCipheriv('aes-128-ctr', Buffer.alloc(16, 1), Buffer.alloc(16))
  return (number) => {
    // Each has to be another one: of what is the same, one is kept.
    const head = Buffer.from(`${number}\n`)
    const size = Math.max(1, Math.round(((shares[number] ?? 0) / whole) * bytes) - head.length)
    if (number % 2 === 0) return ['packed', Buffer.concat([head, noise.update(Buffer.alloc(size))])]
    const from = random.below(TEXT_BYTES)
    const parts = [head, text.subarray(from)]
    for (let length = TEXT_BYTES - from; length < size; length += TEXT_BYTES) parts.push(text)
    return ['text', Buffer.concat(parts, head.length + size)]
  }
}

/** Words in no order: longer than what a packer looks back at. */
function someText(random: ReturnType<typeof seededRandom>): Buffer {
  const letters = 'etaoinshrdlucmfw'
  const word = () => Array.from({ length: 2 + random.below(9) }, () => random.pick([...letters])).join('')
  const words = Array.from({ length: 5000 }, word)
  let text = ''
  while (text.length < TEXT_BYTES) text += `${random.pick(words)}${random.happens(0.1) ? ',\n' : ' '}`
  return Buffer.from(text.slice(0, TEXT_BYTES))
}
