import { defaultClientConditions, defineConfig } from 'vite'
import { compressed } from './build/compressed.ts'
import { PAGES, pages } from './build/pages.ts'

const API = process.env.API_URL ?? 'http://localhost:8000'

export default defineConfig({
  appType: 'mpa',
  // The typed client comes from its sources, so that a change in it shows at once.
  resolve: { conditions: ['@spends/source', ...defaultClientConditions] },
  plugins: [pages({ api: API }), compressed()],
  build: {
    target: 'es2023',
    // An inlined picture would be one that the pages' policy has to allow.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: { input: PAGES.map((page) => `${page}.html`) },
  },
  css: { preprocessorOptions: { scss: { quietDeps: true, silenceDeprecations: ['import', 'if-function'] } } },
  server: {
    port: 3000,
    strictPort: true,
    proxy: Object.fromEntries(
      ['/trpc', '/api', '/docs', '/assets/docs.js', '/openapi.json', '/readyz', '/healthz'].map((path) => [path, API]),
    ),
  },
})
