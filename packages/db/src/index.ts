export {
  connectDatabase,
  type DatabaseHandle,
  type DatabaseOptions,
  DatabaseUrlError,
  type Db,
} from './connect.ts'
export { contains, containsByIndex, countByIndex, jsonList, lockForUpdate, lockTable } from './dialect.ts'
export type { PoolOptions } from './engines/postgres.ts'
export {
  isDeadlock,
  isDiskFull,
  isForeignKeyViolation,
  isOutOfRange,
  isUnavailable,
  isUniqueViolation,
} from './errors.ts'
export { type MigrationStatus, migrateDown, migrateUp, migrationStatus, SchemaTooNewError } from './migrate.ts'
export { prepared, preparedInsert } from './prepared.ts'
export type * from './schema.ts'
