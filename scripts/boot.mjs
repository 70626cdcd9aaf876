/*
 * npm start, npm test and .ci/run on any machine that has Node and npm: brings the pinned Node and pnpm where those at
 * hand do not fit, installs and builds what changed, then runs the server, the tests or the checks.
 * No dependencies, and nothing that Node 20 cannot parse. The reasons: docs/decisions/001-boot-script.md
 */
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs'
import { constants } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)))

/** What follows the build. @type {Record<string, (args: string[]) => string[]>} */
const COMMANDS = {
  start: (args) => ['apps/api/dist/main.js', ...args],
  test: (args) => ['node_modules/vitest/vitest.mjs', 'run', ...args],
  check: (args) => ['scripts/check.ts', ...args],
}

// The server gives requests in flight ten seconds; what is still there after this is killed.
const GRACE_MS = 15_000

// npm hands on a Ctrl+C that the terminal has sent us already; a person is not that fast.
const SAME_SIGNAL_MS = 1_000

/** Whether this Node runs the project: 22 from 22.18 on, or 24 and later; 23 is a dead end. @param {string} version */
export function nodeFits(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major >= 24 || (major === 22 && minor >= 18)
}

/**
 * The packages npx must bring, none where both tools fit. A new Node always gets its own pnpm.
 * @param {{ node: string, pnpm: string | undefined }} have versions at hand
 * @param {{ node: string, pnpm: string }} pinned
 */
export function missingTools(have, pinned) {
  const node = nodeFits(have.node) ? [] : [`node@${pinned.node}`]
  const pnpmFits = have.pnpm !== undefined && have.pnpm.split('.')[0] === pinned.pnpm.split('.')[0]
  return [...node, ...(node.length > 0 || !pnpmFits ? [`pnpm@${pinned.pnpm}`] : [])]
}

/**
 * What an installation depends on, as one line: the manifests, the lockfile and the Node it was made for. Undefined
 * where a package has no node_modules yet.
 * @param {string} root
 */
export function installationStamp(root) {
  const workspaces = ['packages', 'apps'].flatMap((folder) =>
    readdirSync(join(root, folder)).map((name) => join(folder, name)),
  )
  const packages = ['.', 'bench', 'examples', ...workspaces].filter((path) =>
    existsSync(join(root, path, 'package.json')),
  )
  const hash = createHash('sha256')
  for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml', '.pnpmfile.cjs']) {
    if (existsSync(join(root, file))) hash.update(readFileSync(join(root, file)))
  }
  for (const path of packages) {
    const text = readFileSync(join(root, path, 'package.json'), 'utf8')
    const { dependencies, devDependencies } = JSON.parse(text)
    if ((dependencies || devDependencies) && !existsSync(join(root, path, 'node_modules'))) return undefined
    hash.update(path).update(text)
  }
  return `${process.platform}-${process.arch} ${process.versions.modules} ${hash.digest('hex')}`
}

/** @param {string} text */
function say(text) {
  process.stderr.write(`> ${text}\n`)
}

/** @param {number} since */
function seconds(since) {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`
}

/*
 * The outermost boot gives each step a process group of its own and answers for all that lives in it. A boot inside
 * (under npx) starts its steps in that same group, where signals reach them without its help.
 */
const inner = process.env.SPENDS_TRACKER_BOOT === 'inner'

/** The running step. @type {import('node:child_process').ChildProcess | undefined} */
let running
let stopping = 0

/** @param {NodeJS.Signals} signal */
function onSignal(signal) {
  if (inner) return
  const now = performance.now()
  if (stopping === 0) {
    stopping = now
    signalGroup(running, signal)
    setTimeout(() => signalGroup(running, 'SIGKILL'), GRACE_MS).unref()
  } else if (now - stopping > SAME_SIGNAL_MS) {
    signalGroup(running, 'SIGKILL')
  }
}
