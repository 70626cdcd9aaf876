import type { Hono } from 'hono'
import type { AppEnv } from './edge.ts'
import { pageHeaders } from './page.ts'
import { readStatic, serveStaticFile } from './static-files.ts'
import { version } from './version.ts'

/** Serves `/`: what runs here and where to go next. */
export function mountHome(app: Hono<AppEnv>): void {
  const page = readStatic('home.html').replaceAll('{{version}}', version)
  // The edge let only known host names through, so the address is safe to show.
  app.get('/', (c) => c.html(page.replaceAll('{{origin}}', new URL(c.req.url).origin), 200, pageHeaders))
  app.get('/assets/home.css', serveStaticFile('home.css'))
  app.get('/favicon.svg', serveStaticFile('favicon.svg'))
  // Browsers ask for this name where a page names no icon, as for a JSON document.
  app.get('/favicon.ico', serveStaticFile('favicon.svg'))
}
