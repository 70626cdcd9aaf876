import { createReadStream, createWriteStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ReadableStream as NodeReadableStream } from 'node:stream/web'
import { AppError, invalid } from '../errors.ts'

/*
 * Encrypted files are in the format of https://age-encryption.org/v1 with a passphrase, which the `age` program opens.
 * Each piece of them is authenticated: what was changed is refused before a byte of it comes out.
 */

/** Deriving the key takes 2^10 times this many bytes, ^: 128 MiB. */
const WORK_FACTOR = 17
/** What others may have encrypted with; more would let a stranger's file take gigabytes of memory. */
const MAX_WORK_FACTOR = 18
const HEADER = /^age-encryption\.org\/v1\n-> scrypt [A-Za-z0-9+/]{22} ([1-9]\d?)\n/
const MAGIC = 'age-encryption.org/'

/** Whether a file begins as an encrypted one. */
export async function isEncrypted(path: string): Promise<boolean> {
  return (await beginningOf(path)).startsWith(MAGIC)
}

/** @param to a file that is not there yet; it is kept for good before this returns */
export async function encryptFile(from: string, to: string, passphrase: string): Promise<void> {
  const { Encrypter } = await loadAge()
  const encrypter = new Encrypter()
  encrypter.setPassphrase(passphrase)
  encrypter.setScryptWorkFactor(WORK_FACTOR)
  const encrypted = await encrypter.encrypt(webStream(from))
  await pipeline(nodeStream(encrypted), createWriteStream(to, { flags: 'wx', mode: 0o600, flush: true }))
}

/**
 * The bytes that were encrypted.
 * @throws AppError UNPROCESSABLE_CONTENT naming `passphrase` when it is missing or the wrong one; BAD_REQUEST when the
 *   file is damaged
 */
export async function* decryptFile(path: string, passphrase: string | undefined): AsyncGenerator<Uint8Array> {
  const factor = HEADER.exec(await beginningOf(path))?.[1]
  if (factor === undefined) throw damaged('it was not encrypted with a passphrase')
  if (Number(factor) > MAX_WORK_FACTOR) throw damaged('opening it would take more memory than is given to it')
  if (passphrase === undefined) throw wrong('is needed: the backup is encrypted')
  const { Decrypter } = await loadAge()
  const decrypter = new Decrypter()
  decrypter.addPassphrase(passphrase)
  const source = webStream(path)
  const decrypted = await decrypter.decrypt(source).catch((error: unknown) => {
    if (isOfSystem(error)) throw error
    if (error instanceof Error && error.message.startsWith('no identity matched')) {
      throw wrong('is not the one the backup was encrypted with')
    }
    throw damaged('its header was changed')
  })
  try {
    yield* nodeStream(decrypted)
  } catch (error) {
    throw isOfSystem(error) ? error : damaged('it was changed after it was encrypted, or is cut off')
  }
}

/** It takes 7 MB of each thread that has it, and most backups are not encrypted. */
async function loadAge() {
  return import('age-encryption')
}

async function beginningOf(path: string): Promise<string> {
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(256), 0, 256, 0)
    return buffer.toString('latin1', 0, bytesRead)
  } finally {
    await file.close()
  }
}

/** The type of the standard library and the one of the browsers say the same in other words. */
function webStream(path: string): ReadableStream<Uint8Array> {
  return Readable.toWeb(createReadStream(path, { highWaterMark: 1 << 18 })) as unknown as ReadableStream<Uint8Array>
}

function nodeStream(stream: ReadableStream<Uint8Array>): Readable {
  return Readable.fromWeb(stream as unknown as NodeReadableStream<Uint8Array>)
}

/** What the file system says has a code; what the library says of the file has none. */
function isOfSystem(error: unknown): boolean {
  return error instanceof Error && 'code' in error && 'syscall' in error
}

function damaged(why: string): AppError {
  return new AppError('BAD_REQUEST', `The encrypted backup is damaged: ${why}.`)
}

function wrong(message: string): AppError {
  return invalid([{ path: 'passphrase', message }])
}
