/** Where in which bucket things lie, and where its server is. */
export interface S3Location {
  bucket: string
  /** Stands before every name, as `spends/` does; empty for the whole bucket. */
  prefix: string
  region?: string
  /** The address of a server that is not Amazon's. */
  endpoint?: string
  /** Whether the bucket stands in the path of its addresses, not in the host name. */
  pathStyle: boolean
}

const PARAMETERS = ['region', 'endpoint', 'path_style']
const BUCKET = /^[a-z\d][a-z\d.-]{1,61}[a-z\d]$/

/**
 * Reads `s3://bucket/prefix?region=eu-central-1&endpoint=https://s3.example.org&path_style=true`; all but the bucket may
 * be left out.
 * @throws Error with a sentence that begins in lower case, as in "must name a bucket"
 */
export function parseS3Url(text: string): S3Location {
  const url = URL.parse(text)
  if (url?.protocol !== 's3:') throw new Error('must be an address like s3://bucket/prefix')
  if (url.username !== '' || url.password !== '' || url.hash !== '' || url.port !== '') {
    throw new Error('must hold nothing but a bucket, a prefix and parameters; keys stand in variables of their own')
  }
  if (!BUCKET.test(url.hostname)) throw new Error('must name a bucket: 3 to 63 small letters, digits, dots and hyphens')
  const unknown = [...url.searchParams.keys()].find((name) => !PARAMETERS.includes(name))
  if (unknown !== undefined) throw new Error(`must have no other parameters than ${PARAMETERS.join(', ')}`)

  const region = url.searchParams.get('region') ?? undefined
  const endpoint = url.searchParams.get('endpoint') ?? undefined
  if (endpoint !== undefined && !/^https?:$/.test(URL.parse(endpoint)?.protocol ?? '')) {
    throw new Error('must have an http or https address as its endpoint')
  }
  const pathStyle = url.searchParams.get('path_style') ?? String(endpoint !== undefined)
  if (!['true', 'false'].includes(pathStyle)) throw new Error('must have true or false as its path_style')
  const prefix = decodeURIComponent(url.pathname).replace(/^\/+|\/+$/g, '')
  return {
    bucket: url.hostname,
    prefix: prefix === '' ? '' : `${prefix}/`,
    ...(region === undefined ? {} : { region }),
    ...(endpoint === undefined ? {} : { endpoint }),
    pathStyle: pathStyle === 'true',
  }
}
