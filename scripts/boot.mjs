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
const STAMP = join(ROOT, 'node_modules', '.installed')

/** What follows the build, for Node to run. @type {Record<string, string[]>} */
const COMMANDS = {
  start: ['apps/api/dist/main.js'],
  test: ['node_modules/vitest/vitest.mjs', 'run'],
  check: ['scripts/check.ts'],
}

// The server gives requests in flight ten seconds. What is still there after this is killed.
const GRACE_MS = 15_000

// npm hands on the Ctrl+C that the terminal has sent us already. A person who asks again takes longer.
const ECHO_MS = 1_000

/** Whether this Node can run the project: 22.18 or later of 22, or 24 and up. @param {string} version */
export function nodeFits(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major >= 24 || (major === 22 && minor >= 18)
}

/**
 * The packages that npx must bring; none where both tools fit. A Node that was brought gets its own pnpm.
 * @param {{ node: string, pnpm: string | undefined }} found the versions at hand
 * @param {{ node: string, pnpm: string }} pinned
 */
export function missingTools(found, pinned) {
  const pnpm = `pnpm@${pinned.pnpm}`
  if (!nodeFits(found.node)) return [`node@${pinned.node}`, pnpm]
  return found.pnpm?.split('.')[0] === pinned.pnpm.split('.')[0] ? [] : [pnpm]
}

/**
 * A line that changes whenever the packages must be installed again: with the lockfile, a manifest, or the Node they are
 * for. Undefined where some are plainly not installed.
 * @param {string} root
 */
export function installationStamp(root) {
  const groups = ['packages', 'apps'].filter((group) => existsSync(join(root, group)))
  const nested = groups.flatMap((group) => readdirSync(join(root, group)).map((name) => join(group, name)))
  const hash = createHash('sha256').update(`${process.platform} ${process.arch} ${process.versions.modules}`)
  for (const folder of ['.', 'bench', 'examples', ...nested]) {
    const manifest = join(root, folder, 'package.json')
    if (!existsSync(manifest)) continue
    const text = readFileSync(manifest, 'utf8')
    const { dependencies, devDependencies } = JSON.parse(text)
    if ((dependencies ?? devDependencies) && !existsSync(join(root, folder, 'node_modules'))) return undefined
    hash.update(`\n${folder}\n${text}`)
  }
  for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml', '.pnpmfile.cjs']) {
    if (existsSync(join(root, file))) hash.update(`\n${file}\n`).update(readFileSync(join(root, file)))
  }
  return hash.digest('hex')
}

/*
 * The outer boot gives each step a process group and answers for everything that lives in it. The inner one, under npx,
 * is itself in such a group: its steps hear the outer one's signals without its help.
 */
const inner = process.env.BOOT_INNER === '1'

/** The process group of the running step. @type {number | undefined} */
let group
let stoppedAt = 0
let stoppedBy = 0
/** @type {Promise<void> | undefined} */
let stopped

/** Whether there was anybody in the group to signal. @param {NodeJS.Signals | 0} signal */
function signalGroup(signal) {
  if (!group) return false
  try {
    return process.kill(-group, signal)
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ESRCH') return false
    throw error
  }
}

/** @param {NodeJS.Signals} signal */
function stop(signal) {
  if (stoppedAt > 0 && performance.now() - stoppedAt > ECHO_MS) signalGroup('SIGKILL')
  if (stoppedAt > 0) return
  stoppedAt = performance.now()
  stoppedBy = constants.signals[signal]
  // Programs finish their work when they are asked to stop; few do when the terminal closes.
  stopped = endGroup(signal === 'SIGHUP' ? 'SIGTERM' : signal)
}

/** Resolves when nobody is left in the group. @param {NodeJS.Signals} signal asks those who are to go */
async function endGroup(signal) {
  const deadline = performance.now() + GRACE_MS
  signalGroup(signal)
  while (signalGroup(0) && performance.now() < deadline) await sleep(20)
  signalGroup('SIGKILL')
}

/**
 * Runs one step and clears away what it leaves behind.
 * @param {string} command
 * @param {string[]} args
 * @param {{ quiet?: boolean, env?: Record<string, string> }} [options] quiet: its output is shown only if it fails
 * @returns {Promise<number>} its exit code, as a shell would say it
 */
async function run(command, args, { quiet = false, env = {} } = {}) {
  const stdio = quiet ? 'pipe' : 'inherit'
  const child = spawn(command, args, {
    cwd: ROOT,
    env: { ...process.env, ...env },
    stdio: ['ignore', stdio, stdio],
    detached: !inner,
  })
  if (!inner) group = child.pid
  /** @type {Buffer[]} */
  const output = []
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => output.push(chunk))
  const code = await new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => resolve(code ?? 128 + constants.signals[signal ?? 'SIGKILL']))
  })
  await (stopped ?? endGroup('SIGTERM'))
  group = undefined
  if (code !== 0) process.stderr.write(Buffer.concat(output))
  return code
}

/** @param {string} text */
function say(text) {
  process.stderr.write(`> ${text}\n`)
}

function findPnpm() {
  const { status, stdout } = spawnSync('pnpm', ['--version'], { cwd: ROOT, encoding: 'utf8', timeout: 30_000 })
  return status === 0 ? stdout.trim() : undefined
}

/** @param {string[]} words @returns {Promise<number>} the exit code */
async function main([name = '', ...words]) {
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
  if (!command) {
    say(`Usage: node scripts/boot.mjs ${Object.keys(COMMANDS).join(' | ')}`)
    return 2
  }
  const args = words[0] === '--' ? words.slice(1) : words

  const { packageManager } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  const pinned = {
    node: readFileSync(join(ROOT, '.node-version'), 'utf8').trim(),
    pnpm: packageManager.replace('pnpm@', ''),
  }
  const { node } = process.versions
  const missing = missingTools({ node, pnpm: nodeFits(node) ? findPnpm() : undefined }, pinned)
  if (missing.length > 0) {
    if (inner) throw new Error(`npx has not brought ${missing.join(' and ')}.`)
    say(`Node ${node} is here; npx brings ${missing.join(' and ')} (downloaded once)`)
    const packages = missing.flatMap((tool) => ['--package', tool])
    const again = ['node', 'scripts/boot.mjs', name, ...args]
    return run('npx', ['--yes', '--loglevel=error', ...packages, '--', ...again], { env: { BOOT_INNER: '1' } })
  }

  const steps = [
    async () => {
      if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === installationStamp(ROOT)) return 0
      say('Installing packages')
      const flags = ['--frozen-lockfile', '--config.confirmModulesPurge=false']
      const code = await run('pnpm', ['install', ...flags], { quiet: true, env: { NODE_ENV: 'development' } })
      if (code === 0) writeFileSync(STAMP, installationStamp(ROOT) ?? '')
      return code
    },
    () => {
      say('Building')
      const env = { TURBO_TELEMETRY_DISABLED: '1', TURBO_NO_UPDATE_NOTIFIER: '1' }
      return run('node_modules/.bin/turbo', ['run', 'build', '--output-logs=errors-only'], { quiet: true, env })
    },
    () => run(process.execPath, [...command, ...args]),
  ]
  for (const step of steps) {
    const code = await step()
    if (code !== 0) return code
    if (stoppedBy > 0 && step !== steps.at(-1)) return 128 + stoppedBy
  }
  return 0
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) process.on(signal, () => stop(signal))
  if (process.env.npm_lifecycle_event) {
    // An npm that is killed outright tells nobody.
    const npm = process.ppid
    const watch = setInterval(() => {
      if (process.ppid === npm) return
      clearInterval(watch)
      stop('SIGTERM')
    }, 500).unref()
  }
  // Should boot itself break, nothing of it stays behind.
  process.on('exit', () => signalGroup('SIGKILL'))
  process.exitCode = await main(process.argv.slice(2)).catch((error) => {
    say(error.message)
    return 1
  })
}
