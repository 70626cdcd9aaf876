import { globSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { type Program, parseSync, Visitor } from 'oxc-parser'

/** A rule of the house that a file breaks; `line` counts from 1. */
export interface Violation {
  file: string
  line: number
  rule: string
}

interface Import {
  /** The package's name, or the path from the root for a relative import. */
  target: string
  specifier: string
  typeOnly: boolean
  offset: number
}

interface Floor {
  /** What its files may import beside Node's own modules and their own package; undefined: what its manifest lists. */
  imports?: readonly string[]
  /** Packages of which it may only know the types. */
  types?: readonly string[]
  /** Packages that are beneath it, but none of its business. */
  never?: readonly string[]
  /** Imports that a few files of it may have. */
  except?: Readonly<Record<string, readonly string[]>>
  /** Runs in browsers too. */
  withoutNode?: boolean
}

const DRIVERS = ['better-sqlite3', 'pg', 'pg-cursor']

/** From the ground up; nobody imports upward. */
const FLOORS: Readonly<Record<string, Floor>> = {
  'packages/db': { imports: ['kysely', ...DRIVERS] },
  'packages/core': {
    imports: [
      '@spends/db',
      'kysely',
      'zod',
      'decimal.js',
      'uuid',
      'currency-codes',
      'iconv-lite',
      'yauzl',
      'file-type',
      '@aws-sdk/client-s3',
      'age-encryption',
      'croner',
    ],
  },
  'apps/api': {
    never: ['kysely', ...DRIVERS, '@spends/db', '@spends/client', '@spends/web'],
    except: {
      '@spends/db': ['src/main.ts', 'src/cli.ts', 'src/worker.ts', 'src/database.ts'],
    },
  },
  'packages/client': { imports: ['@trpc/client'], types: ['@spends/api', '@trpc/server'], withoutNode: true },
  'apps/web': { never: [...DRIVERS, 'kysely', 'hono', '@spends/db', '@spends/core', '@spends/api'], withoutNode: true },
}

/** Files that only tests load. They may reach down to the ground, and set the stage as they like. */
const TEST = /\.tests?\.ts$|\/(testing|contract)(\.ts$|\/)/

const ENGINE_WORDS = /sqlite|postgres/i

/** Reads every source file of the floors under `root` and says which rules they break, in the order of their paths. */
export function findViolations(root: string): Violation[] {
  const files = Object.keys(FLOORS).flatMap((floor) => globSync(`${floor}/src/**/*.ts`, { cwd: root }))
  return files.sort().flatMap((file) => checkFile(file, readFileSync(join(root, file), 'utf8')))
}

function checkFile(file: string, source: string): Violation[] {
  const floorPath = Object.keys(FLOORS).find((path) => file.startsWith(`${path}/`)) ?? ''
  const floor = FLOORS[floorPath] ?? {}
  const isTest = TEST.test(file)
  const violations: Violation[] = []
  const report = (offset: number, rule: string) => {
    violations.push({ file, line: source.slice(0, offset).split('\n').length, rule })
  }

  const parsed = parseSync(file, source)
  for (const { message } of parsed.errors) report(0, `cannot be parsed: ${message}`)

  for (const found of importsOf(file, parsed.program)) {
    const rule = isRelative(found.specifier)
      ? leavesPackage(found, floorPath)
      : crossesFloor(found, { floor, name: posix.relative(floorPath, file), isTest })
    if (rule) report(found.offset, rule)
  }

  new Visitor({
    MemberExpression({ object, property, start }) {
      if (isTest || file === 'apps/api/src/env.ts') return
      if (object.type !== 'Identifier' || object.name !== 'process') return
      const name = property.type === 'Identifier' ? property.name : property.type === 'Literal' ? property.value : ''
      if (name === 'env') report(start, 'process.env is read in apps/api/src/env.ts only')
    },
    TaggedTemplateExpression({ tag, start }) {
      if (isTest || !file.startsWith('apps/')) return
      if (tag.type === 'Identifier' && tag.name === 'sql') report(start, 'SQL is written in packages only')
    },
  }).visit(parsed.program)

  if (!isTest && floorPath !== 'packages/db') {
    for (const [index, line] of source.split('\n').entries()) {
      const word = ENGINE_WORDS.exec(line)?.[0]
      if (word) violations.push({ file, line: index + 1, rule: `only packages/db knows the word ${word}` })
    }
  }
  return violations
}

function leavesPackage({ target, specifier }: Import, floorPath: string): string | undefined {
  return target.startsWith(`${floorPath}/`) ? undefined : `${specifier} leaves the package; import it by name`
}

function crossesFloor(
  { target, specifier, typeOnly }: Import,
  { floor, name, isTest }: { floor: Floor; name: string; isTest: boolean },
): string | undefined {
  if (specifier.startsWith('node:')) {
    return floor.withoutNode && !isTest ? `${specifier} is not there in a browser` : undefined
  }
  if (isTest) return undefined
  if (/^@spends\/[^/]+\/testing(\/|$)/.test(specifier)) return `${specifier} is for tests`
  if (floor.except?.[target]?.includes(name)) return undefined
  if (floor.types?.includes(target)) return typeOnly ? undefined : `only the types of ${target} may be imported here`
  const forbidden = floor.imports ? !floor.imports.includes(target) : floor.never?.includes(target)
  return forbidden ? `${target} may not be imported here` : undefined
}

function importsOf(file: string, program: Program): Import[] {
  const found: Import[] = []
  const add = (specifier: string, typeOnly: boolean, offset: number) => {
    const target = isRelative(specifier) ? posix.join(posix.dirname(file), specifier) : packageOf(specifier)
    found.push({ target, specifier, typeOnly, offset })
  }
  for (const statement of program.body) {
    if (statement.type === 'ImportDeclaration') {
      add(statement.source.value, statement.importKind === 'type', statement.start)
    } else if ('source' in statement && statement.source) {
      add(statement.source.value, statement.exportKind === 'type', statement.start)
    }
  }
  new Visitor({
    ImportExpression({ source, start }) {
      if (source.type === 'Literal' && typeof source.value === 'string') add(source.value, false, start)
    },
    TSImportType({ source, start }) {
      add(source.value, true, start)
    },
  }).visit(program)
  return found
}

function isRelative(specifier: string): boolean {
  return specifier.startsWith('.')
}

/** `@spends/db` of `@spends/db/testing`, `hono` of `hono/http-exception`. */
function packageOf(specifier: string): string {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')
}
