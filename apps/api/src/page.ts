/** Scripts and styles come from files of ours only, and nobody frames a page. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
]

const headers = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cache-Control': 'no-cache' }

/** Headers of our pages, which never turn text into script or markup. */
export const pageHeaders = {
  'Content-Security-Policy': [...POLICY, "require-trusted-types-for 'script'", "trusted-types 'none'"].join('; '),
  ...headers,
}

/** Headers of the documentation, whose viewer is not ours. */
export const docsHeaders = { 'Content-Security-Policy': POLICY.join('; '), ...headers }
