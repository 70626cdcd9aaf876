import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import type { Plugin } from 'vite'

/** Shorter files gain nothing. */
const WORTHWHILE = 500
const TEXT = /\.(html|js|css|svg|json|webmanifest)$/

/** Lays a `.br` and a `.gz` beside every text of the build, once and as small as they get. */
export function compressed(): Plugin {
  return {
    name: 'compressed',
    apply: 'build',
    enforce: 'post',
    generateBundle: {
      order: 'post',
      async handler(_options, bundle) {
        const files = Object.values(bundle).filter(({ fileName }) => TEXT.test(fileName))
        await Promise.all(
          files.map(async (file) => {
            const content = Buffer.from(file.type === 'chunk' ? file.code : file.source)
            if (content.length < WORTHWHILE) return
            const params = { [constants.BROTLI_PARAM_SIZE_HINT]: content.length }
            const [br, gz] = await Promise.all([
              promisify(brotliCompress)(content, { params }),
              promisify(gzip)(content, { level: 9 }),
            ])
            this.emitFile({ type: 'asset', fileName: `${file.fileName}.br`, source: br })
            this.emitFile({ type: 'asset', fileName: `${file.fileName}.gz`, source: gz })
          }),
        )
      },
    },
  }
}
