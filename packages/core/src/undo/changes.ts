import { hash } from 'node:crypto'
import { type Db, isOneOf, preparedInsert } from '@spends/db'
import type { PurchaseRecord } from '../purchases/record.ts'
import { versionsAfter } from '../purchases/store.ts'

/*
 * The log of what a job changes: each thing once, as it was before the job, and a stamp by which a later change shows.
 * Cancelling, recovering from a crash and undoing a finished import all read it.
 */

export interface LoggedChange {
  entity: 'purchase' | 'retailer' | 'brand' | 'settings'
  entity_id: string
  /** JSON of what was there before; null where the job made it. */
  before: string | null
  stamp: string
}

/** Stands for the settings, which have no id. */
export const SETTINGS_ID = '00000000-0000-0000-0000-000000000000'

/** The stamp of a thing that the job removed. */
export const REMOVED = 'removed'

const insertChanges = preparedInsert('job_changes', (insert) =>
  // What was there before the job, it was there before the job's second change of it as well.
  insert.onConflict((conflict) =>
    conflict.columns(['job_id', 'entity', 'entity_id']).doUpdateSet((eb) => ({ stamp: eb.ref('excluded.stamp') })),
  ),
)

/** Writes changes to the log of a job, in the transaction that makes them. */
export async function logChanges(tx: Db, jobId: string, changes: readonly LoggedChange[]): Promise<void> {
  await insertChanges(
    tx,
    changes.map((change) => ({ job_id: jobId, ...change })),
  )
}

/** Purchase id -> the ids of its attachments; one without any is not in the map. */
export async function readAttachmentIds(db: Db, purchaseIds: readonly string[]): Promise<Map<string, string[]>> {
  const idsOf = new Map<string, string[]>()
  if (purchaseIds.length === 0) return idsOf
  const rows = await db
    .selectFrom('attachments')
    .select(['purchase_id', 'id'])
    .where(isOneOf(db, 'purchase_id', purchaseIds))
    .execute()
  for (const { purchase_id, id } of rows) {
    const known = idsOf.get(purchase_id)
    if (known) known.push(id)
    else idsOf.set(purchase_id, [id])
  }
  return idsOf
}

/**
 * The state of a purchase in a word: another one after any change of it, its warranty or its attachments.
 * @param attachments the ids of those it has
 */
export function stampOf({ row, warranty }: PurchaseRecord, attachments: readonly string[]): string {
  return stamp(row.version, warranty?.id, warranty?.version, attachments)
}

/** As `stampOf`, for what storing this change will lead to. */
export function stampAfter(
  change: { before: PurchaseRecord | null; after: PurchaseRecord },
  attachments: readonly string[],
): string {
  const versions = versionsAfter(change)
  return stamp(versions.row, change.after.warranty?.id, versions.warranty, attachments)
}

function stamp(
  version: number,
  warrantyId: string | undefined,
  warrantyVersion: number | undefined,
  attachments: readonly string[],
) {
  const held = attachments.length === 0 ? '-' : hash('sha1', attachments.toSorted().join(' '))
  return `${version} ${warrantyId ?? '-'} ${warrantyVersion ?? '-'} ${held}`
}

/** The state of a retailer or brand in a word. */
export function entryStamp({
  name,
  url,
  updated_at,
}: {
  name: string
  url: string | null
  updated_at: string
}): string {
  return JSON.stringify([name, url, updated_at])
}
