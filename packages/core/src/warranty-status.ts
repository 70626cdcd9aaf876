import { type Expression, type SqlBool, sql } from 'kysely'
import { daysBetween } from './calendar.ts'

export const WARRANTY_STATUSES = ['ACTIVE', 'EXPIRED', 'VOIDED'] as const
export type WarrantyStatus = (typeof WARRANTY_STATUSES)[number]

interface Coverage {
  voided_at: string | null
  /** Null: never ends. */
  warranty_end: string | null
}

/**
 * What a warranty is on a day. It is derived each time it is asked for, so it is never stale; the last day is covered.
 * `warrantyStatusSql` says the same in SQL.
 */
export function warrantyStatus(warranty: Coverage, today: string): WarrantyStatus {
  if (warranty.voided_at !== null) return 'VOIDED'
  if (warranty.warranty_end !== null && warranty.warranty_end < today) return 'EXPIRED'
  return 'ACTIVE'
}

/** Days until a warranty ends: 0 on its last day, negative once it has ended, null when it never ends. */
export function daysLeft(warranty: Coverage, today: string): number | null {
  return warranty.warranty_end === null ? null : daysBetween(today, warranty.warranty_end)
}

/** The condition "the warranty's status is one of these on that day"; `w` names the warranties table in the query. */
export function hasWarrantyStatus(statuses: readonly WarrantyStatus[], today: string): Expression<SqlBool> {
  return sql<SqlBool>`(${sql.join(
    statuses.map((status) => STATUS_SQL[status](today)),
    sql` or `,
  )})`
}

const STATUS_SQL: Record<WarrantyStatus, (today: string) => Expression<SqlBool>> = {
  VOIDED: () => sql`w.voided_at is not null`,
  EXPIRED: (today) => sql`(w.voided_at is null and w.warranty_end < ${today})`,
  ACTIVE: (today) => sql`(w.voided_at is null and (w.warranty_end is null or w.warranty_end >= ${today}))`,
}

/** The condition "in force on the first day, and ends on one from the first to the last". */
export function endsWithin(firstDay: string, lastDay: string): Expression<SqlBool> {
  return sql`(w.voided_at is null and w.warranty_end >= ${firstDay} and w.warranty_end <= ${lastDay})`
}
