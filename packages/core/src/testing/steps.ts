import callbacks from 'node:fs'
import promises, { type FileHandle } from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import { basename } from 'node:path'
import { interceptStatements } from '@spends/db/testing/statements'

/*
 * Stands below all code of this process, where it calls Node's file system and the drivers of databases: each call is a
 * step, which can be counted, made to fail, or be the last thing the process does. Nothing in the code itself knows.
 */

/** Is told each step before it is taken. @returns whether it fails in place of being done */
export type OnStep = (step: string) => boolean

let onStep: OnStep | undefined
let installed = false

/** Does work whose steps are watched. One at a time; nothing else may go on in the process. */
export async function watchingSteps<T>(watcher: OnStep, work: () => Promise<T>): Promise<T> {
  if (!installed) await install()
  onStep = watcher
  try {
    return await work()
  } finally {
    onStep = undefined
  }
}

type Method = (this: unknown, ...args: unknown[]) => unknown

/** What streams of files call. */
const CALLBACKS = ['open', 'read', 'write', 'writev', 'fsync', 'close']
const PROMISES = [
  'open',
  'access',
  'stat',
  'lstat',
  'readdir',
  'mkdir',
  'rename',
  'rm',
  'unlink',
  'readFile',
  'writeFile',
]
const HANDLE = ['read', 'write', 'writev', 'readFile', 'writeFile', 'sync', 'datasync', 'truncate', 'stat']

async function install(): Promise<void> {
  installed = true
  const file = await promises.open(process.execPath)
  const handle = Object.getPrototypeOf(file) as FileHandle
  await file.close()
  for (const name of PROMISES) {
    wrap(promises, name, async function (original, args) {
      if (isFailing(`${name} ${pathIn(args)}`)) throw ioError(name)
      const result = await original.apply(this, args)
      if (name === 'open') wrapClose(result as FileHandle)
      return result
    })
  }
  for (const name of HANDLE) {
    wrap(handle, name, async function (original, args) {
      if (isFailing(`handle.${name}`)) throw ioError(name)
      return original.apply(this, args)
    })
  }
  for (const name of CALLBACKS) {
    wrap(callbacks, name, function (original, args) {
      const done = args.at(-1) as (error: Error) => void
      if (!isFailing(`stream.${name} ${pathIn(args)}`)) return original.apply(this, args)
      if (name === 'close') return original.call(this, args[0], () => done(ioError(name)))
      return process.nextTick(done, ioError(name))
    })
  }
  syncBuiltinESMExports()
  interceptStatements(isFailing)
}

/** Each handle has its own. One that fails to close is closed, as the system does it. */
function wrapClose(handle: FileHandle): void {
  const close = handle.close
  handle.close = async () => {
    const fails = isFailing('handle.close')
    await close()
    if (fails) throw ioError('close')
  }
}

function isFailing(step: string): boolean {
  return onStep?.(step) ?? false
}

function wrap(
  target: object,
  name: string,
  wrapper: (this: unknown, original: Method, args: unknown[]) => unknown,
): void {
  const methods = target as Record<string, Method>
  const original = methods[name]
  if (!original) throw new Error(`Node has no ${name}`)
  methods[name] = function (...args) {
    return onStep ? wrapper.call(this, original, args) : original.apply(this, args)
  }
}

function pathIn([path]: unknown[]): string {
  return typeof path === 'string' ? basename(path) : ''
}

function ioError(syscall: string): Error {
  return Object.assign(new Error(`EIO: i/o error, ${syscall}`), { code: 'EIO', errno: -5, syscall })
}
