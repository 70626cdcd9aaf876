import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'
import { ClosingLine } from './scripts/closing-line.ts'

// Workspace packages run from their sources; the rest are Vite's own conditions, which a list replaces, but for `module`:
// what packages mean for bundlers under it, Node can't always load.
const conditions = ['@spends/source', 'node', 'development|production']

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    environment: 'node',
    // Files leave nothing behind in the process they share with others, and load what they have in common once.
    isolate: false,
    // Many tests wait for servers of their own: one for each of two cores, where Vitest would leave one idle.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    testTimeout: 30_000,
    hookTimeout: 30_000,
    teardownTimeout: 30_000,
    reporters: ['default', new ClosingLine()],
    projects: [
      {
        extends: true,
        test: {
          name: 'code',
          include: ['{packages,apps}/*/{src,build}/**/*.test.ts', '{examples,scripts,bench}/**/*.test.ts'],
          globalSetup: 'packages/db/src/testing/global-setup.ts',
        },
      },
      {
        extends: true,
        test: {
          name: 'pages',
          include: ['apps/web/e2e/**/*.test.ts'],
          globalSetup: 'apps/web/e2e/global-setup.ts',
          testTimeout: 120_000,
        },
      },
    ],
  },
})
