import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import type { AnyRouter } from '@trpc/server'
import type { Handler, Hono } from 'hono'
import type { AppEnv } from './edge.ts'
import { docsHeaders } from './page.ts'
import { PLAIN_ROUTES } from './plain-routes.ts'
import { buildDocument } from './rest/document.ts'
import { readStatic, serveFixed, serveStaticFile, serveVersionedFile } from './static-files.ts'
import { version } from './version.ts'

const require = createRequire(import.meta.url)

/** Serves `/openapi.json` and, from our own files so that it works without the internet, `/docs`. */
export function mountDocs(app: Hono<AppEnv>, router: AnyRouter): void {
  // The document costs more to build than the rest of a start, and most starts are never asked for it.
  let document: Handler<AppEnv> | undefined
  app.get('/openapi.json', (c, next) => {
    document ??= serveFixed({
      content: JSON.stringify(buildDocument(router, { version, plainRoutes: PLAIN_ROUTES })),
      type: 'application/json',
    })
    return document(c, next)
  })

  const swagger = pathToFileURL(require.resolve('swagger-ui-dist/package.json'))
  const swaggerVersion: string = require('swagger-ui-dist/package.json').version
  for (const name of ['swagger-ui.css', 'swagger-ui-bundle.js']) {
    app.get(`/docs/${swaggerVersion}/${name}`, serveVersionedFile(new URL(name, swagger)))
  }
  app.get('/assets/docs.js', serveStaticFile('docs.js'))
  const page = readStatic('docs.html').replaceAll('{{swagger}}', swaggerVersion)
  app.get('/docs', (c) => c.html(page, 200, docsHeaders))
}
