/** @returns the exit code of a command that ends by saying this */
export function say(...lines: string[]): 0 {
  process.stdout.write(`${lines.join('\n')}\n`)
  return 0
}

/** Says what is wrong. @returns the exit code of a command that ends by that */
export function complain(...lines: string[]): 1 {
  process.stderr.write(`${lines.join('\n')}\n`)
  return 1
}

const REDRAW_MS = 100

/** A line that says how far work is, where a person looks on; elsewhere nothing. `end` wipes it. */
export function startProgress(): { tell(stage: string, done: number, total: number): void; end(): void } {
  let drawn = 0
  if (!process.stderr.isTTY) return { tell: () => {}, end: () => {} }
  return {
    tell: (stage, done, total) => {
      const now = performance.now()
      if (now - drawn < REDRAW_MS) return
      drawn = now
      const share = total > 0 ? ` ${Math.floor((100 * done) / total)} %` : ''
      process.stderr.write(`\r\u001b[K${stage}${share}`)
    },
    end: () => void process.stderr.write('\r\u001b[K'),
  }
}

/** Bytes as people say them. */
export function inBytes(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB']
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)))
  return power === 0 ? `${bytes} bytes` : `${(bytes / 1000 ** power).toFixed(1)} ${units[power]}`
}

/** `1 file`, `2 files`. */
export function count(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? '' : 's'}`
}
