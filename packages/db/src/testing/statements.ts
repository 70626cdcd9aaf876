import Database from 'better-sqlite3'
import pg from 'pg'
import Cursor from 'pg-cursor'

/** Is told each statement before a driver gets it. @returns whether it fails in place of being run */
export type OnStatement = (step: string) => boolean

type Method = (this: unknown, ...args: unknown[]) => unknown

/**
 * Stands between the drivers and whatever uses them in this process, from now on: each statement, cursor's page, begin,
 * commit and pragma, on connections that are open already too. Those of a server are named `pg: ...`.
 */
export function interceptStatements(onStatement: OnStatement): void {
  const memory = new Database(':memory:')
  const statement = Object.getPrototypeOf(memory.prepare('select 1')) as Record<string, Method>
  memory.close()
  for (const name of ['run', 'all', 'get', 'iterate']) {
    wrap(statement, name, function (original, args) {
      const { source } = this as Database.Statement
      if (onStatement(wordsOf('file', source))) throw new Database.SqliteError('disk I/O error', 'SQLITE_IOERR')
      return original.apply(this, args)
    })
  }
  wrap(pg.Client.prototype, 'query', function (original, args) {
    // A cursor is not asked for before its first page.
    if (typeof args[0] === 'string' && onStatement(wordsOf('pg', args[0]))) return Promise.reject(serverError())
    return original.apply(this, args)
  })
  wrap(Cursor.prototype, 'read', function (original, args) {
    if (onStatement('pg: next page')) return Promise.reject(serverError())
    return original.apply(this, args)
  })
}

function wrap(
  target: object,
  name: string,
  wrapper: (this: unknown, original: Method, args: unknown[]) => unknown,
): void {
  const methods = target as Record<string, Method>
  const original = methods[name]
  if (!original) throw new Error(`The driver has no ${name}`)
  methods[name] = function (...args) {
    return wrapper.call(this, original, args)
  }
}

function wordsOf(driver: string, statement: string): string {
  return `${driver}: ${statement.replace(/\s+/g, ' ').slice(0, 80)}`
}

/** As a server says it whose disk fails. */
function serverError(): Error {
  return Object.assign(new Error('could not write to file'), { code: '58030' })
}
