/** A row with that key is there already. */
export function isUniqueViolation(error: unknown): boolean {
  return ['SQLITE_CONSTRAINT_UNIQUE', 'SQLITE_CONSTRAINT_PRIMARYKEY', '23505'].includes(codeOf(error))
}

/** A row points at one that is not there, or is still pointed at. */
export function isForeignKeyViolation(error: unknown): boolean {
  const code = codeOf(error)
  // SQLite enforces `on delete restrict` with a trigger of its own, and gives its error the trigger's code.
  if (code === 'SQLITE_CONSTRAINT_TRIGGER') return (error as Error).message === 'FOREIGN KEY constraint failed'
  return ['SQLITE_CONSTRAINT_FOREIGNKEY', '23503', '23001'].includes(code)
}

/** A number has grown beyond what its column holds. */
export function isOutOfRange(error: unknown): boolean {
  // SQLite turns a sum that is too large into a float, which a STRICT column of integers refuses.
  return ['SQLITE_CONSTRAINT_DATATYPE', '22003'].includes(codeOf(error))
}

/** The transaction lost against others that wanted the same rows, and changed nothing: the whole of it may be tried again. */
export function isDeadlock(error: unknown): boolean {
  return ['40P01', '40001'].includes(codeOf(error))
}

/** The database is there, but what it holds is not what it once wrote. */
export function isDamaged(error: unknown): boolean {
  return /^(SQLITE_CORRUPT(_.*)?|SQLITE_NOTADB|XX00[12])$/.test(codeOf(error))
}

/** No room is left where the database lives. */
export function isDiskFull(error: unknown): boolean {
  return ['SQLITE_FULL', 'SQLITE_IOERR_SHMSIZE', 'ENOSPC', 'EDQUOT', '53100'].includes(codeOf(error))
}

/**
 * The database cannot be reached for now, whatever was asked of it: connection refused or lost, no free connection in
 * time, locked past the deadline, closed.
 */
export function isUnavailable(error: unknown): boolean {
  const code = codeOf(error)
  return unavailableCode.test(code) || (code === '' && error instanceof Error && unavailableMessage.test(error.message))
}

const unavailableCode = new RegExp(
  [
    'SQLITE_(BUSY|LOCKED|CANTOPEN|PROTOCOL)(_.*)?',
    'E(CONNREFUSED|CONNRESET|CONNABORTED|PIPE|TIMEDOUT|NOTFOUND|AI_AGAIN|HOSTUNREACH|NETUNREACH)',
    // Connection exceptions, too many connections, lock not available, idle in transaction too long, a statement
    // (most likely while it waited for a lock) too long, shutting down.
    '08...|53300|55P03|25P03|57014|57P0[1-5]',
  ]
    .map((alternative) => `^(${alternative})$`)
    .join('|'),
)

/** The drivers give these no code. */
const unavailableMessage = new RegExp(
  [
    'driver has already been destroyed',
    'database connection is not open',
    'Cannot use a pool after calling end',
    'timeout exceeded when trying to connect',
    'Connection terminated',
    'Client has encountered a connection error',
  ].join('|'),
)

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
}
