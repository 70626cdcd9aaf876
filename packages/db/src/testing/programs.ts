import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** Starts a program as a process of its own; resolves when it says that it is ready. */
export async function startProgram(file: URL, args: string[]): Promise<ChildProcessWithoutNullStreams> {
  const program = spawn(process.execPath, [fileURLToPath(file), ...args])
  program.stdout.setEncoding('utf8')
  program.stderr.setEncoding('utf8').on('data', (words: string) => process.stderr.write(words))
  const stopped = once(program, 'exit').then(([code]) => {
    throw new Error(`${file.pathname} stopped before it was ready (${code})`)
  })
  await Promise.race([once(program.stdout, 'data'), stopped])
  stopped.catch(() => {
    // It was ready; `finished` looks at how it ends.
  })
  return program
}

/** What the program prints from now to its end. */
export async function finished(program: ChildProcessWithoutNullStreams): Promise<string> {
  const exited = once(program, 'close')
  const output = (await program.stdout.toArray()).join('')
  const [code] = await exited
  if (code !== 0) throw new Error(`The program failed (${code})`)
  return output
}

/** For the programs: says that it is ready, and waits to be told to go. */
export async function barrier(): Promise<void> {
  process.stdout.write('ready\n')
  await once(process.stdin, 'data')
  process.stdin.unref()
}
