import { createHash, randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { checkSignature, type SignedRequest } from './s3-signature.ts'

/*
 * An S3 server in memory that believes nothing: signatures are checked to the last header, parts have their smallest
 * size, and what was not completed is not there. It can be told to fail.
 */

export type S3Operation =
  | 'PutObject'
  | 'CopyObject'
  | 'GetObject'
  | 'HeadObject'
  | 'DeleteObject'
  | 'HeadBucket'
  | 'ListObjectsV2'
  | 'CreateMultipartUpload'
  | 'UploadPart'
  | 'CompleteMultipartUpload'
  | 'AbortMultipartUpload'
  | 'ListMultipartUploads'

/**
 * How a request fails: an answer of 500 or 503, a connection that is cut before anything was done, or before the answer
 * is out, or (GetObject) in the middle of the bytes.
 */
export type S3Fault = 'internal-error' | 'slow-down' | 'cut' | 'cut-answer' | 'cut-bytes'

export interface S3TestServer {
  url: string
  bucket: string
  region: string
  credentials: { accessKeyId: string; secretAccessKey: string }
  /** The objects, by key. */
  objects: Map<string, S3Object>
  /** The uploads that were begun and not completed. */
  uploads: Map<string, S3Upload>
  /** What was asked of it, in order; refused requests included. */
  asked: S3Operation[]
  /** Makes the next requests of this kind fail. */
  fail(operation: S3Operation, fault: S3Fault, times?: number): void
  close(): Promise<void>
}

export interface S3Object {
  bytes: Buffer
  etag: string
  modifiedAt: Date
}

export interface S3Upload {
  key: string
  initiatedAt: Date
  parts: Map<number, { bytes: Buffer; etag: string }>
}

const MIN_PART_BYTES = 5 * 1024 ** 2
/** Small, so that lists have several pages. */
const PAGE = 3

class S3Refusal extends Error {
  readonly status: number
  readonly code: string

  constructor(status: number, code: string) {
    super(code)
    this.status = status
    this.code = code
  }
}

interface Answer {
  status?: number
  headers?: Record<string, string>
  body?: string | Buffer
}

/** Starts one with an empty bucket, on a free port. */
export async function startS3Server(): Promise<S3TestServer> {
  const bucket = 'papers'
  const region = 'test-1'
  const credentials = { accessKeyId: 'TESTKEY', secretAccessKey: randomUUID() }
  const objects = new Map<string, S3Object>()
  const uploads = new Map<string, S3Upload>()
  const asked: S3Operation[] = []
  const faults: { operation: S3Operation; fault: S3Fault }[] = []

  function findObject(key: string): S3Object {
    const object = objects.get(key)
    if (!object) throw new S3Refusal(404, 'NoSuchKey')
    return object
  }
  function findUpload(key: string, query: URLSearchParams): S3Upload {
    const upload = uploads.get(query.get('uploadId') ?? '')
    if (upload?.key !== key) throw new S3Refusal(404, 'NoSuchUpload')
    return upload
  }
  function store(key: string, bytes: Buffer, etag = md5(bytes)): S3Object {
    const object = { bytes, etag: `"${etag}"`, modifiedAt: new Date() }
    objects.set(key, object)
    return object
  }

  const operations: Record<S3Operation, (request: SignedRequest, key: string) => Answer> = {
    HeadBucket: () => ({}),
    PutObject: ({ body }, key) => ({ headers: { ETag: store(key, body).etag } }),
    CopyObject({ headers }, key) {
      const source = decodeURIComponent(headers['x-amz-copy-source'] ?? '').replace(/^\//, '')
      if (!source.startsWith(`${bucket}/`)) throw new S3Refusal(404, 'NoSuchBucket')
      const { bytes } = findObject(source.slice(bucket.length + 1))
      const { etag, modifiedAt } = store(key, bytes)
      return xml('CopyObjectResult', tag('ETag', etag) + tag('LastModified', modifiedAt.toISOString()))
    },
    GetObject({ headers }, key) {
      const { bytes, ...object } = findObject(key)
      const range = /^bytes=(\d+)-(\d*)$/.exec(headers.range ?? '')
      if (!range) return { headers: describe({ bytes, ...object }), body: bytes }
      const start = Number(range[1])
      const end = Math.min(range[2] ? Number(range[2]) : bytes.length - 1, bytes.length - 1)
      if (start > end) throw new S3Refusal(416, 'InvalidRange')
      const part = bytes.subarray(start, end + 1)
      const ContentRange = { 'Content-Range': `bytes ${start}-${end}/${bytes.length}` }
      return { status: 206, headers: { ...describe({ ...object, bytes: part }), ...ContentRange }, body: part }
    },
    HeadObject: (_, key) => ({ headers: describe(findObject(key)) }),
    DeleteObject(_, key) {
      objects.delete(key)
      return { status: 204 }
    },
    ListObjectsV2({ query }) {
      const after = query.get('continuation-token') ?? ''
      const keys = [...objects.keys()].filter((key) => key.startsWith(query.get('prefix') ?? '')).sort()
      const rest = keys.filter((key) => key > after)
      const page = rest.slice(0, Math.min(PAGE, Number(query.get('max-keys') ?? PAGE)))
      const isTruncated = rest.length > page.length
      const contents = page.map((key) => {
        const { bytes, etag, modifiedAt } = findObject(key)
        const size = tag('Size', String(bytes.length))
        return `<Contents>${tag('Key', key)}${tag('ETag', etag)}${size}${tag('LastModified', modifiedAt.toISOString())}</Contents>`
      })
      const next = isTruncated ? tag('NextContinuationToken', page.at(-1) ?? '') : ''
      return xml('ListBucketResult', `${tag('IsTruncated', String(isTruncated))}${next}${contents.join('')}`)
    },
    CreateMultipartUpload(_, key) {
      const id = randomUUID()
      uploads.set(id, { key, initiatedAt: new Date(), parts: new Map() })
      return xml('InitiateMultipartUploadResult', tag('Bucket', bucket) + tag('Key', key) + tag('UploadId', id))
    },
    UploadPart({ query, body }, key) {
      const etag = `"${md5(body)}"`
      const number = Number(query.get('partNumber'))
      if (!(number >= 1 && number <= 10_000)) throw new S3Refusal(400, 'InvalidArgument')
      findUpload(key, query).parts.set(number, { bytes: body, etag })
      return { headers: { ETag: etag } }
    },
    CompleteMultipartUpload({ query, body }, key) {
      const { parts } = findUpload(key, query)
      const named = [...body.toString().matchAll(/<Part>(.*?)<\/Part>/gs)].map(([, part = '']) => ({
        number: Number(/<PartNumber>(\d+)</.exec(part)?.[1]),
        etag: (/<ETag>(.*?)</.exec(part)?.[1] ?? '').replaceAll('&quot;', '"'),
      }))
      if (named.length === 0) throw new S3Refusal(400, 'MalformedXML')
      const bytes = named.map(({ number, etag }, index) => {
        const part = parts.get(number)
        if (!part || part.etag !== etag) throw new S3Refusal(400, 'InvalidPart')
        if (number <= (named[index - 1]?.number ?? 0)) throw new S3Refusal(400, 'InvalidPartOrder')
        const isLast = index === named.length - 1
        if (!isLast && part.bytes.length < MIN_PART_BYTES) throw new S3Refusal(400, 'EntityTooSmall')
        return part.bytes
      })
      uploads.delete(query.get('uploadId') ?? '')
      const { etag } = store(key, Buffer.concat(bytes), `${md5(Buffer.concat(bytes))}-${bytes.length}`)
      return xml('CompleteMultipartUploadResult', tag('Key', key) + tag('ETag', etag))
    },
    AbortMultipartUpload({ query }, key) {
      findUpload(key, query)
      uploads.delete(query.get('uploadId') ?? '')
      return { status: 204 }
    },
    ListMultipartUploads({ query }) {
      const found = [...uploads].filter(([, { key }]) => key.startsWith(query.get('prefix') ?? ''))
      const entries = found.map(
        ([id, { key, initiatedAt }]) =>
          `<Upload>${tag('Key', key)}${tag('UploadId', id)}${tag('Initiated', initiatedAt.toISOString())}</Upload>`,
      )
      return xml('ListMultipartUploadsResult', `${tag('IsTruncated', 'false')}${entries.join('')}`)
    },
  }

  function takeFault(operation: S3Operation): S3Fault | undefined {
    const index = faults.findIndex((waiting) => waiting.operation === operation)
    return index === -1 ? undefined : faults.splice(index, 1)[0]?.fault
  }

  async function handle(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const request = await readRequest(incoming)
    const [, name = '', ...rest] = decodeURIComponent(request.path).split('/')
    const key = rest.join('/')
    const operation = operationOf(request, key)
    asked.push(operation)
    const fault = takeFault(operation)
    if (fault === 'cut') return void incoming.socket.destroy()
    const answer = attempt(() => {
      const problem = checkSignature(request, { ...credentials, region })
      if (problem !== undefined) throw new S3Refusal(403, problem)
      if (name !== bucket) throw new S3Refusal(404, 'NoSuchBucket')
      if (fault === 'internal-error') throw new S3Refusal(500, 'InternalError')
      if (fault === 'slow-down') throw new S3Refusal(503, 'SlowDown')
      return operations[operation](request, key)
    })
    if (fault === 'cut-answer') return void incoming.socket.destroy()
    const body = Buffer.from(answer.body ?? '')
    outgoing.writeHead(answer.status ?? 200, { 'Content-Length': body.length, ...answer.headers })
    if (request.method === 'HEAD') return void outgoing.end()
    if (fault !== 'cut-bytes') return void outgoing.end(body)
    outgoing.write(body.subarray(0, body.length / 2), () => incoming.socket.destroy())
  }

  const server = createServer((incoming, outgoing) => {
    handle(incoming, outgoing).catch((error: unknown) => outgoing.destroy(error as Error))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    bucket,
    region,
    credentials,
    objects,
    uploads,
    asked,
    fail: (operation, fault, times = 1) => {
      for (let time = 0; time < times; time += 1) faults.push({ operation, fault })
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function operationOf({ method, query, headers }: SignedRequest, key: string): S3Operation {
  const has = (name: string) => query.has(name)
  if (key === '') {
    if (method === 'HEAD') return 'HeadBucket'
    if (method === 'GET' && has('uploads')) return 'ListMultipartUploads'
    if (method === 'GET' && query.get('list-type') === '2') return 'ListObjectsV2'
  } else {
    if (method === 'PUT' && has('partNumber')) return 'UploadPart'
    if (method === 'PUT') return headers['x-amz-copy-source'] === undefined ? 'PutObject' : 'CopyObject'
    if (method === 'POST' && has('uploads')) return 'CreateMultipartUpload'
    if (method === 'POST' && has('uploadId')) return 'CompleteMultipartUpload'
    if (method === 'DELETE') return has('uploadId') ? 'AbortMultipartUpload' : 'DeleteObject'
    if (method === 'GET') return 'GetObject'
    if (method === 'HEAD') return 'HeadObject'
  }
  throw new Error(`Not an operation that this server knows: ${method} ${key} ${query}`)
}

async function readRequest(incoming: IncomingMessage): Promise<SignedRequest> {
  const { pathname, searchParams } = new URL(incoming.url ?? '', 'http://s3')
  const body = Buffer.concat(await incoming.toArray())
  const headers = Object.fromEntries(Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]))
  return { method: incoming.method ?? '', path: pathname, query: searchParams, headers, body }
}

function attempt(work: () => Answer): Answer {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof S3Refusal)) throw error
    const { status, code } = error
    return { status, ...xml('Error', tag('Code', code) + tag('Message', 'refused')) }
  }
}

function describe({ bytes, etag, modifiedAt }: S3Object): Record<string, string> {
  return { ETag: etag, 'Last-Modified': modifiedAt.toUTCString(), 'Content-Length': String(bytes.length) }
}

function xml(root: string, content: string): { headers: Record<string, string>; body: string } {
  const text = `<?xml version="1.0" encoding="UTF-8"?><${root}>${content}</${root}>`
  return { headers: { 'Content-Type': 'application/xml' }, body: text }
}

function tag(name: string, text: string): string {
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
  return `<${name}>${escaped}</${name}>`
}

function md5(bytes: Buffer): string {
  return createHash('md5').update(bytes).digest('hex')
}
