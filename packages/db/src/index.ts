export { beginBulk, clearTables, columnsOf, countRows, type EndBulk, insertRows, type Row, streamRows } from './bulk.ts'
export {
  connectDatabase,
  type DatabaseHandle,
  type DatabaseOptions,
  DatabaseUrlError,
  type Db,
} from './connect.ts'
export {
  contains,
  containsByIndex,
  countByIndex,
  currentInstant,
  engineOf,
  isOneOf,
  jsonList,
  lockForUpdate,
  lockTable,
  lockTablesWhole,
  lockWhatIsFree,
} from './dialect.ts'
export type { PoolOptions } from './engines/postgres.ts'
export {
  isDamaged,
  isDeadlock,
  isDiskFull,
  isForeignKeyViolation,
  isOutOfRange,
  isUnavailable,
  isUniqueViolation,
} from './errors.ts'
export { type Gate, newGateMemory } from './gate.ts'
export { type MigrationStatus, migrateDown, migrateUp, migrationStatus, SchemaTooNewError } from './migrate.ts'
export { prepared, preparedInsert } from './prepared.ts'
export { DatabaseInUseError, findDamage, holdDatabase, replaceDatabase } from './replace.ts'
export { type DayAndName, findSameDayAndName } from './same-day-and-name.ts'
export type * from './schema.ts'
export { openScratch, SCHEMA_VERSIONS } from './scratch.ts'
