import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, delimiter, dirname, join, matchesGlob, relative } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/*
 * Runs the Dockerfile's own steps in a temporary folder, starts the result and waits for its health check: for machines
 * without a container engine. Each stage is a folder that absolute paths lead into. It does not check the base image
 * (Node is the one that runs this), users and owners, nor that nothing of the machine is used beside Node and npm.
 */

interface Instruction {
  line: number
  name: string
  text: string
}

interface Stage {
  root: string
  workdir: string
  env: Record<string, string>
  volumes: string[]
  stopSignal: NodeJS.Signals
  healthcheck: string[]
  command: string[]
}

/** What of the machine's environment programs keep: how they get at the registry, and whose caches they use. */
const WAYS_OUT = /^HOME$|_proxy$|CERT|^npm_config_/i

const STEP_MS = 600_000
const START_MS = 60_000
const STOP_MS = 15_000

const context = join(import.meta.dirname, '..')
const ignored = readFileSync(join(context, '.dockerignore'), 'utf8')
  .split('\n')
  .filter((line) => line && !line.startsWith('#'))

const temporary = mkdtempSync(join(tmpdir(), 'spends-image-'))
try {
  const image = buildStages(parse(readFileSync(join(context, 'Dockerfile'), 'utf8')))
  await start(image)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
} finally {
  rmSync(temporary, { recursive: true })
}

function parse(dockerfile: string): Instruction[] {
  const instructions: Instruction[] = []
  let continued = ''
  for (const [index, line] of dockerfile.split('\n').entries()) {
    if (/^\s*(#|$)/.test(line)) continue
    continued += line.replace(/\\$/, ' ')
    if (line.endsWith('\\')) continue
    const [, name = '', text = ''] = /^\s*([A-Z]+)\s+(.*?)\s*$/.exec(continued) ?? []
    instructions.push({ line: index + 1, name, text })
    continued = ''
  }
  return instructions
}

/** @returns the last stage, which is the image */
function buildStages(instructions: readonly Instruction[]): Stage {
  const stages = new Map<string, Stage>()
  let stage: Stage | undefined
  for (const { line, name, text } of instructions) {
    console.log(`${name} ${text}`)
    try {
      if (name === 'FROM') {
        const [, base = '', alias = `stage-${line}`] = /^(\S+)(?: AS (\S+))?$/.exec(text) ?? []
        stage = from(base, stages.get(base), join(temporary, alias))
        stages.set(alias, stage)
      } else if (!stage) {
        throw new Error('stands before FROM')
      } else {
        follow(stage, name, text, stages)
      }
    } catch (error) {
      throw new Error(`Dockerfile:${line} ${name} failed: ${error instanceof Error ? error.message : error}`)
    }
  }
  if (!stage) throw new Error('The Dockerfile has no stage.')
  return stage
}

function from(base: string, before: Stage | undefined, root: string): Stage {
  mkdirSync(root)
  if (before) {
    copy(before.root, root)
    return { ...structuredClone(before), root }
  }
  const major = /^node:(\d+)-slim$/.exec(base)?.[1]
  if (major !== process.versions.node.split('.')[0]) throw new Error(`${base} is not Node ${process.versions.node}`)
  return { root, workdir: '/', env: {}, volumes: [], stopSignal: 'SIGTERM', healthcheck: [], command: [] }
}

function follow(stage: Stage, name: string, text: string, stages: ReadonlyMap<string, Stage>): void {
  switch (name) {
    case 'WORKDIR':
      stage.workdir = text
      mkdirSync(join(stage.root, text), { recursive: true })
      break
    case 'ENV':
      for (const pair of text.split(/\s+/)) {
        const [, key = '', value = ''] = /^(\w+)=(.*)$/.exec(pair) ?? []
        stage.env[key] = value.startsWith('/') ? join(stage.root, value) : value
      }
      break
    case 'COPY':
      copyInto(stage, text, stages)
      break
    case 'RUN':
      runShell(stage, text)
      break
    case 'VOLUME':
      stage.volumes.push(text)
      break
    case 'STOPSIGNAL':
      stage.stopSignal = text as NodeJS.Signals
      break
    case 'HEALTHCHECK':
      stage.healthcheck = execForm(text.replace(/^(--\S+\s+)*CMD\s+/, ''))
      break
    case 'CMD':
      stage.command = execForm(text)
      break
    case 'USER':
    case 'EXPOSE':
      console.log(`  (${name} has no meaning here)`)
      break
    default:
      throw new Error('unknown instruction')
  }
}

function execForm(text: string): string[] {
  const words: unknown = JSON.parse(text)
  if (!Array.isArray(words) || words.length === 0) throw new Error('not in exec form')
  return words.map(String)
}

function copyInto(stage: Stage, text: string, stages: ReadonlyMap<string, Stage>): void {
  const words = text.split(/\s+/)
  const source = /^--from=(.+)$/.exec(words[0] ?? '')?.[1]
  if (source) words.shift()
  const origin = source ? stages.get(source)?.root : context
  const target = words.pop()
  if (!origin || !target || words.some((word) => word.startsWith('--'))) throw new Error('cannot be understood')
  const destination = join(stage.root, target.startsWith('/') ? '/' : stage.workdir, target)
  for (const word of words) {
    const path = join(origin, word)
    if (!source && isIgnored(word)) throw new Error(`.dockerignore leaves ${word} out`)
    // A folder's content goes into the destination, a file under its own name where that is a folder.
    const to = statSync(path).isFile() && target.endsWith('/') ? join(destination, basename(word)) : destination
    copy(path, to, (file) => Boolean(source) || !isIgnored(relative(context, file)))
  }
}

function copy(source: string, destination: string, filter: (file: string) => boolean = () => true): void {
  mkdirSync(dirname(destination), { recursive: true })
  cpSync(source, destination, { recursive: true, verbatimSymlinks: true, filter })
}

/** The last pattern that matches a path or a folder above it decides. */
function isIgnored(path: string): boolean {
  const parts = path.split('/')
  const candidates = parts.map((_, index) => parts.slice(0, index + 1).join('/'))
  const deciding = ignored.findLast((line) => candidates.some((name) => matchesGlob(name, line.replace('!', ''))))
  return deciding !== undefined && !deciding.startsWith('!')
}

function environment(stage: Stage): NodeJS.ProcessEnv {
  const local = join(stage.root, 'usr/local')
  // There is no user "node" to give anything to.
  const substitutes = join(temporary, 'substitutes')
  mkdirSync(substitutes, { recursive: true })
  writeFileSync(join(substitutes, 'chown'), '#!/bin/sh\n', { mode: 0o755 })
  const path = [substitutes, join(local, 'bin'), dirname(process.execPath), process.env.PATH]
  const ways = Object.entries(process.env).filter(([name]) => WAYS_OUT.test(name))
  return { ...Object.fromEntries(ways), npm_config_prefix: local, CI: 'true', ...stage.env, PATH: path.join(delimiter) }
}

function runShell(stage: Stage, text: string): void {
  const command = text.replace(/(^|[\s='"])\/(?=\w)/g, `$1${stage.root}/`)
  const { status, signal, stdout, stderr } = spawnSync('sh', ['-ec', command], {
    cwd: join(stage.root, stage.workdir),
    env: environment(stage),
    encoding: 'utf8',
    timeout: STEP_MS,
  })
  if (status !== 0) throw new Error(`${signal ?? `exit code ${status}`}\n${stdout}${stderr}`)
}

/** Starts the image, and stops it again once it is healthy. */
async function start(image: Stage): Promise<void> {
  const [program = '', ...args] = image.command
  const options = { cwd: join(image.root, image.workdir), env: { ...environment(image), PORT: await freePort() } }
  const started = performance.now()
  const server = spawn(program, args, { ...options, stdio: ['ignore', 'inherit', 'inherit'] })
  try {
    await becomesHealthy(server, image.healthcheck, options)
    console.log(`Healthy after ${((performance.now() - started) / 1000).toFixed(1)} s.`)
    server.kill(image.stopSignal)
    const [code] = await once(server, 'exit', { signal: AbortSignal.timeout(STOP_MS) })
    if (code !== 0) throw new Error(`Stopping it gave the exit code ${code}.`)
    for (const volume of image.volumes) {
      if (readdirSync(join(image.root, volume)).length === 0) throw new Error(`Nothing was written to ${volume}.`)
    }
    console.log(`Stopped by ${image.stopSignal}; its data lay in ${image.volumes.join(' and ')}.`)
  } finally {
    server.kill('SIGKILL')
  }
}

async function becomesHealthy(
  server: ChildProcess,
  [program = '', ...args]: readonly string[],
  options: { cwd: string; env: NodeJS.ProcessEnv },
): Promise<void> {
  for (const deadline = performance.now() + START_MS; performance.now() < deadline; await sleep(200)) {
    if (server.exitCode !== null) throw new Error(`It ended at once, with the exit code ${server.exitCode}.`)
    const [code] = await once(spawn(program, args, { ...options, stdio: 'ignore' }), 'exit')
    if (code === 0) return
  }
  throw new Error('It did not become healthy.')
}

async function freePort(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  return address && typeof address === 'object' ? String(address.port) : ''
}
