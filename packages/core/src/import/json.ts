import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { AppError } from '../errors.ts'
import type { Stoppable } from './decode.ts'
import type { EntryItem, ImportItem, ImportReader, PurchaseItem } from './item.ts'
import { isObject, type JsonObject } from './json-fields.ts'
import { type Frame, parseFrame, readFrames } from './json-frames.ts'
import {
  type Belongings,
  PREDECESSOR_KEYS,
  readPredecessorFile,
  readPredecessorPurchase,
  readPredecessorWarranty,
} from './sources/predecessor-json.ts'
import { readSpendsPurchase } from './sources/spends-json.ts'
import { shown } from './values.ts'

/** The newest version of our own JSON that is read here. */
const VERSION = 1

/** Where the bytes of a JSON file come from; each call begins at the beginning. */
export interface JsonBytes {
  size: number
  open(): AsyncIterable<Buffer>
}

export async function jsonFile(path: string, { onBytes }: Stoppable = {}): Promise<JsonBytes> {
  const { size } = await stat(path)
  return {
    size,
    async *open() {
      for await (const chunk of createReadStream(path, { highWaterMark: 256 * 1024 })) {
        await onBytes?.(chunk.length)
        yield chunk
      }
    },
  }
}

/** Understands a JSON file: ours or the predecessor's. @throws AppError BAD_REQUEST when it is neither */
export async function openJson(bytes: JsonBytes): Promise<ImportReader> {
  const outline = await readOutline(bytes)
  const ours = outline.format !== undefined
  if (ours) checkVersion(outline)
  if (!outline.lists.has('purchases')) {
    const keys = [...outline.keys].slice(0, 10).map((key) => shown(key))
    throw new AppError(
      'BAD_REQUEST',
      `The file has no list "purchases" on the outside${keys.length > 0 ? `, but: ${keys.join(', ')}` : ''}.`,
    )
  }
  return {
    source: ours ? 'SPENDS_JSON' : 'PREDECESSOR_JSON',
    complete: ours,
    size: bytes.size,
    warnings: [],
    read: (onProgress) => (ours ? readSpends(bytes, outline, onProgress) : readPredecessor(bytes, onProgress)),
  }
}

interface Outline {
  format: unknown
  version: unknown
  keys: Set<string>
  lists: Set<string>
  /** Whether all that belongs before the purchases stands before them. */
  inOrder: boolean
}

const BEFORE_PURCHASES = ['settings', 'retailers', 'brands']

/** What stands on the outside of the file. A file of ours in its usual order is only read up to its purchases. */
async function readOutline(bytes: JsonBytes): Promise<Outline> {
  const outline: Outline = {
    format: undefined,
    version: undefined,
    keys: new Set(),
    lists: new Set(),
    inOrder: true,
  }
  for await (const frames of readFrames(bytes.open())) {
    for (const frame of frames) {
      if (frame.place > 0) continue
      const { key } = frame
      outline.keys.add(key)
      if (!frame.bytes && !frame.problem) outline.lists.add(key)
      if (key === 'format' || key === 'version') outline[key] = outerValue(frame)
      if (outline.keys.has('purchases') && BEFORE_PURCHASES.includes(key)) outline.inOrder = false
    }
    const head = ['format', 'version', 'purchases', ...BEFORE_PURCHASES]
    if (head.every((key) => outline.keys.has(key))) break
  }
  return outline
}

function checkVersion({ format, version }: Outline): void {
  if (format !== 'spends-tracker') {
    throw new AppError('BAD_REQUEST', `The file says it is ${JSON.stringify(shown(format))}, which is not known here.`)
  }
  if (!Number.isInteger(version) || Number(version) < 1) {
    throw new AppError('BAD_REQUEST', 'The file has no "version", a whole number from 1.')
  }
  if (Number(version) > VERSION) {
    throw new AppError(
      'BAD_REQUEST',
      `The file is of version ${version}, and only versions up to ${VERSION} can be read: it comes from a newer Spends Tracker.`,
    )
  }
}

/** A value on the outside, which can't be left out. */
function outerValue(frame: Frame): unknown {
  const parsed = parseFrame(frame)
  if ('problem' in parsed) throw new AppError('BAD_REQUEST', `The value of ${shown(frame.key)} ${parsed.problem}.`)
  return parsed.value
}

type Progress = (bytes: number) => void

async function* readSpends(bytes: JsonBytes, outline: Outline, onProgress: Progress): AsyncGenerator<ImportItem[]> {
  const first = outline.inOrder ? undefined : new Set(BEFORE_PURCHASES)
  const passes = first ? [first, new Set(['purchases'])] : [new Set([...BEFORE_PURCHASES, 'purchases'])]
  for (const [pass, keys] of passes.entries()) {
    for await (const frames of readFrames(bytes.open())) {
      const items = frames.flatMap((frame) => (keys.has(frame.key) ? toSpendsItem(frame) : []))
      onProgress(progressOf(frames, pass, passes.length, bytes.size))
      if (items.length > 0) yield items
    }
  }
  onProgress(bytes.size)
}

/** Bytes read of the file; where it is read twice, each reading counts half. */
function progressOf(frames: readonly Frame[], pass: number, passes: number, size: number): number {
  return Math.floor((pass * size + (frames.at(-1)?.start ?? 0)) / passes)
}

function toSpendsItem(frame: Frame): ImportItem[] {
  if (frame.key === 'settings') return [{ kind: 'settings', row: 0, settings: outerValue(frame) }]
  if (frame.place === 0) return expectList(frame)
  if (frame.key === 'purchases') return [toPurchase(frame, readSpendsPurchase)]
  return toEntry(frame)
}

/** Nothing, for a list that begins, or a null in its place. */
function expectList(frame: Frame): [] {
  if ((frame.bytes || frame.problem) && outerValue(frame) !== null) {
    throw new AppError('BAD_REQUEST', `${shown(frame.key)} must be a list.`)
  }
  return []
}

const SINGULAR: Readonly<Record<string, EntryItem['kind']>> = { retailers: 'retailer', brands: 'brand' }

function toEntry(frame: Frame): EntryItem[] {
  const kind = SINGULAR[frame.key]
  const parsed = parseFrame(frame)
  if (!kind) return []
  // The run says what is wrong with an entry that has no name.
  if ('problem' in parsed || !isObject(parsed.value)) return [{ kind, row: frame.place, entry: { name: undefined } }]
  const { id, name, url, created_at, updated_at } = parsed.value
  const entry: EntryItem['entry'] = { name }
  if (typeof id === 'string') entry.id = id
  if (url !== undefined) entry.url = url
  if (typeof created_at === 'string') entry.created_at = created_at
  if (typeof updated_at === 'string') entry.updated_at = updated_at
  return [{ kind, row: frame.place, entry }]
}

function toPurchase(
  frame: Frame,
  read: (record: JsonObject, errors: PurchaseItem['errors']) => PurchaseItem['draft'],
  keys: Readonly<Record<string, string>> = {},
): PurchaseItem {
  const parsed = parseFrame(frame)
  const errors: PurchaseItem['errors'] = []
  const record = 'value' in parsed && isObject(parsed.value) ? parsed.value : undefined
  if (!record) {
    const message = 'problem' in parsed ? parsed.problem : 'must be an object'
    errors.push({ column: null, value: 'value' in parsed ? shown(parsed.value) : null, message })
  }
  return {
    kind: 'purchase',
    row: frame.place,
    draft: record ? read(record, errors) : {},
    errors,
    warnings: [],
    cellOf: (path) => {
      const [head = '', ...rest] = path.split('.')
      const column = [keys[head] ?? head, ...rest].join('.')
      return { column, value: shown(findValue(record, column)) }
    },
  }
}

function findValue(record: JsonObject | undefined, path: string): unknown {
  let value: unknown = record
  for (const key of path.split('.')) {
    if (value === null || typeof value !== 'object' || !Object.hasOwn(value, key)) return undefined
    value = (value as JsonObject)[key]
  }
  return value
}

/**
 * The predecessor lists warranties and files behind the purchases they belong to: these are kept in memory meanwhile,
 * some hundred bytes each.
 */
async function* readPredecessor(bytes: JsonBytes, onProgress: Progress): AsyncGenerator<ImportItem[]> {
  const kept = new Map<string, Belongings>()
  for await (const frames of readFrames(bytes.open())) {
    const items = frames.flatMap((frame) => (frame.key === 'purchases' ? [] : keepOrRead(frame, kept)))
    onProgress(progressOf(frames, 0, 2, bytes.size))
    if (items.length > 0) yield items
  }
  for await (const frames of readFrames(bytes.open())) {
    const purchases = frames.filter((frame) => frame.key === 'purchases' && frame.place > 0)
    onProgress(progressOf(frames, 1, 2, bytes.size))
    if (purchases.length > 0) yield purchases.map((frame) => toPredecessorPurchase(frame, kept))
  }
  if (kept.size > 0) {
    yield [
      {
        kind: 'warning',
        message: `Warranties or files of ${kept.size === 1 ? 'a purchase that is' : `${kept.size} purchases that are`} not in the file were left out.`,
      },
    ]
  }
  onProgress(bytes.size)
}

function toPredecessorPurchase(frame: Frame, kept: Map<string, Belongings>): PurchaseItem {
  let warnings: string[] = []
  const read = (record: JsonObject, errors: PurchaseItem['errors']) => {
    const id = String(record.id)
    const belongings = kept.get(id)
    kept.delete(id)
    warnings = belongings?.warnings ?? []
    return readPredecessorPurchase(record, errors, belongings)
  }
  return { ...toPurchase(frame, read, PREDECESSOR_KEYS), warnings }
}

function keepOrRead(frame: Frame, kept: Map<string, Belongings>): ImportItem[] {
  const isList = SINGULAR[frame.key] !== undefined || frame.key === 'warranties' || frame.key === 'files'
  if (!isList) return []
  if (frame.place === 0) return expectList(frame)
  if (SINGULAR[frame.key]) return toEntry(frame)
  const parsed = parseFrame(frame)
  const problem = 'problem' in parsed ? parsed.problem : keep(frame.key, parsed.value, kept)
  if (problem === undefined) return []
  return [{ kind: 'warning', message: `Number ${frame.place} of the list ${frame.key} was left out: it ${problem}.` }]
}

/** @returns why it could not be kept */
function keep(list: string, record: unknown, kept: Map<string, Belongings>): string | undefined {
  if (!isObject(record)) return 'is no object'
  const read = list === 'files' ? readPredecessorFile(record) : readPredecessorWarranty(record)
  if (read.purchaseId === undefined) return 'names no purchase'
  const belongings = kept.get(read.purchaseId) ?? {}
  kept.set(read.purchaseId, belongings)
  if ('warranty' in read) {
    if (belongings.warranty) {
      addTo(belongings, 'warnings', 'There are several warranties: the first one was taken')
    } else {
      belongings.warranty = read.warranty
      if (read.errors.length > 0) belongings.errors = read.errors
    }
  } else if (read.attachment) {
    addTo(belongings, 'attachments', read.attachment)
  } else {
    addTo(belongings, 'warnings', `A file without a SHA-256 was left out: ${shown(read.name)}`)
  }
  return undefined
}

function addTo<K extends 'warnings' | 'attachments'>(
  belongings: Belongings,
  key: K,
  value: NonNullable<Belongings[K]>[number],
): void {
  const list = (belongings[key] ?? []) as (typeof value)[]
  list.push(value)
  belongings[key] = list as Belongings[K] & {}
}
