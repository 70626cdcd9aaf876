/*
 * npm start, npm test and .ci/run on any machine that has Node and npm: brings the pinned Node and pnpm where those at
 * hand do not fit, installs and builds what changed, then runs the server, the tests or the checks.
 * No dependencies, and nothing that Node 20 cannot parse. The reasons: docs/decisions/001-boot-script.md
 */
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { constants } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)))
const STAMP = join(ROOT, 'node_modules', '.installed')

/** Left to itself, Node lets what is new and soon garbage grow to 64 MB. The Dockerfile says the same. */
const LITTLE_MEMORY = '--max-semi-space-size=4'

/** What Node runs when all is prepared. @type {Record<string, string[]>} */
const COMMANDS = {
  start: [LITTLE_MEMORY, 'apps/api/dist/main.js'],
  test: ['node_modules/vitest/vitest.mjs', 'run'],
  check: ['scripts/check.ts'],
  spends: [LITTLE_MEMORY, 'apps/api/dist/cli.js'],
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
 * The packages to bring; none where both tools fit. A Node that is brought gets a pnpm of its own.
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
 * @param {string} node its version
 */
export function installationStamp(root, node) {
  const groups = ['packages', 'apps'].filter((group) => existsSync(join(root, group)))
  const nested = groups.flatMap((group) => readdirSync(join(root, group)).map((name) => join(group, name)))
  const hash = createHash('sha256').update(`${process.platform} ${process.arch} ${node.split('.')[0]}`)
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

/** The process group of the running step: boot answers for everything that lives in it. @type {number | undefined} */
let group
/** @type {{ at: number, code: number, done: Promise<void> } | undefined} */
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

/** Resolves when nobody is left in the group. @param {NodeJS.Signals} signal asks those who are to go */
async function endGroup(signal) {
  const deadline = performance.now() + GRACE_MS
  signalGroup(signal)
  while (signalGroup(0) && performance.now() < deadline) await sleep(20)
  signalGroup('SIGKILL')
}

/** @param {NodeJS.Signals} signal */
function stop(signal) {
  const at = performance.now()
  if (!stopped) {
    // Programs finish their work when they are asked to stop; few do when the terminal closes.
    const done = endGroup(signal === 'SIGHUP' ? 'SIGTERM' : signal)
    stopped = { at, code: 128 + constants.signals[signal], done }
  } else if (at - stopped.at > ECHO_MS) {
    signalGroup('SIGKILL')
  }
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
    detached: true,
  })
  group = child.pid
  /** @type {Buffer[]} */
  const output = []
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => output.push(chunk))
  const code = await new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => resolve(code ?? 128 + constants.signals[signal ?? 'SIGKILL']))
  })
  await (stopped?.done ?? endGroup('SIGTERM'))
  group = undefined
  if (code !== 0 && !stopped) process.stderr.write(Buffer.concat(output))
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

/** Fetches tools into .boot, once, and puts them first on the path. @param {string[]} tools */
async function bring(tools) {
  const home = join(ROOT, '.boot', tools.join('+'))
  if (!existsSync(home)) {
    say(`Fetching ${tools.join(' and ')}`)
    const draft = `${home}.${process.pid}`
    const flags = ['--no-save', '--no-audit', '--no-fund', '--loglevel=error']
    const code = await run('npm', ['install', '--prefix', draft, ...flags, ...tools], { quiet: true })
    if (code !== 0) {
      rmSync(draft, { recursive: true, force: true })
      return code
    }
    renameSync(draft, home)
  }
  process.env.PATH = join(home, 'node_modules', '.bin') + delimiter + process.env.PATH
  return 0
}

/** @param {string} node its version */
async function install(node) {
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === installationStamp(ROOT, node)) return 0
  say('Installing packages')
  const flags = ['--frozen-lockfile', '--config.confirmModulesPurge=false']
  const code = await run('pnpm', ['install', ...flags], { quiet: true, env: { NODE_ENV: 'development' } })
  if (code === 0) writeFileSync(STAMP, installationStamp(ROOT, node) ?? '')
  return code
}

function build() {
  say('Building')
  const env = { TURBO_TELEMETRY_DISABLED: '1', TURBO_NO_UPDATE_NOTIFIER: '1' }
  return run('node_modules/.bin/turbo', ['run', 'build', '--output-logs=errors-only'], { quiet: true, env })
}

/** @param {string[]} words @returns {Promise<number>} the exit code */
async function main([name = '', ...words]) {
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
  if (!command) {
    say(`Usage: node scripts/boot.mjs ${Object.keys(COMMANDS).join(' | ')}`)
    return 2
  }
  const args = words[0] === '--' ? words.slice(1) : words

  process.env.PATH = dirname(process.execPath) + delimiter + process.env.PATH
  const { packageManager } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  const pinned = {
    node: readFileSync(join(ROOT, '.node-version'), 'utf8').trim(),
    pnpm: packageManager.replace('pnpm@', ''),
  }
  const found = process.versions.node
  const missing = missingTools({ node: found, pnpm: nodeFits(found) ? findPnpm() : undefined }, pinned)
  const node = nodeFits(found) ? found : pinned.node

  const prepare = [() => (missing.length > 0 ? bring(missing) : 0), () => install(node)]
  // The checks compile by themselves, and have more to say where that fails.
  if (name !== 'check') prepare.push(build)
  for (const step of prepare) {
    const code = await step()
    if (stopped) return stopped.code
    if (code !== 0) return code
  }
  return run('node', [...command, ...args])
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
