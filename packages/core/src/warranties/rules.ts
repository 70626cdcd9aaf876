import type { WarrantiesTable } from '@spends/db'
import type { FieldError } from '../errors.ts'
import type { Moment } from '../moment.ts'
import { findReadOnlyProblems } from '../read-only.ts'
import { daysLeft, warrantyStatus } from '../warranty-status.ts'
import type { PurchaseWarranty, WarrantyDraft } from './shapes.ts'

/** The row without what follows from it. */
export type WarrantyRecord = Omit<WarrantiesTable, 'search_text'>

/** A warranty as reading its purchase gives it, on a day. */
export function toPurchaseWarranty(record: WarrantyRecord, today: string): PurchaseWarranty {
  return {
    id: record.id,
    purchase_id: record.purchase_id,
    warranty_start: record.warranty_start,
    warranty_end: record.warranty_end,
    warranty_type: record.warranty_type,
    status: warrantyStatus(record, today),
    days_left: daysLeft(record, today),
    provider: record.provider,
    notes: record.notes,
    version: record.version,
    created_at: record.created_at,
    updated_at: record.updated_at,
  }
}

/** What a new warranty is made from: nothing said yet, so its start is still to come. */
export function blankWarranty(id: string, purchaseId: string, moment: Moment): WarrantyRecord {
  return {
    id,
    purchase_id: purchaseId,
    warranty_start: '',
    warranty_end: null,
    warranty_type: 'LIMITED',
    voided_at: null,
    provider: null,
    notes: null,
    version: 1,
    created_at: moment.now,
    updated_at: moment.now,
  }
}

/**
 * A new or changed warranty: the record with the draft's values, or what is wrong with it.
 * Nothing is written here.
 * @param stored the warranty as it stands, null for a new one
 * @param base what the draft changes: `stored`, or a blank one
 */
export function applyWarrantyDraft(
  stored: WarrantyRecord | null,
  base: WarrantyRecord,
  draft: WarrantyDraft,
  moment: Moment,
): { record: WarrantyRecord; problems: FieldError[] } {
  const shown = stored && toPurchaseWarranty(stored, moment.today)
  const changed: WarrantyRecord = {
    ...base,
    warranty_start: draft.warranty_start ?? base.warranty_start,
    warranty_end: draft.warranty_end === undefined ? base.warranty_end : draft.warranty_end,
    warranty_type: draft.warranty_type ?? base.warranty_type,
    provider: draft.provider === undefined ? base.provider : draft.provider,
    notes: draft.notes === undefined ? base.notes : draft.notes,
  }
  const problems = [
    // A new one has nothing yet that a read-only field could equal.
    ...findReadOnlyProblems<string>(draft, shown ?? {}, ['id', 'purchase_id', 'days_left', 'created_at', 'updated_at']),
    ...findDateProblems(changed),
    // A status sent back as it was read asks for nothing, even when the new dates change it.
    ...(draft.status === undefined || draft.status === shown?.status ? [] : applyStatus(changed, draft.status, moment)),
  ]
  return { record: changed, problems }
}

function findDateProblems({ warranty_start, warranty_end, warranty_type }: WarrantyRecord): FieldError[] {
  const problems = warranty_start === '' ? [{ path: 'warranty_start', message: 'is required' }] : []
  if (warranty_end === null) {
    if (warranty_type === 'LIFETIME') return problems
    return [...problems, { path: 'warranty_end', message: 'is required unless warranty_type is LIFETIME' }]
  }
  // Days compare as texts, and a missing start is before every day.
  if (warranty_end >= warranty_start) return problems
  return [{ path: 'warranty_end', message: 'must not be before warranty_start' }]
}

/** Carries out a written status on the record. @returns what is wrong with asking for it */
function applyStatus(record: WarrantyRecord, status: PurchaseWarranty['status'], moment: Moment): FieldError[] {
  if (status === 'EXPIRED') {
    return [{ path: 'status', message: 'EXPIRED follows from warranty_end and cannot be written' }]
  }
  record.voided_at = status === 'VOIDED' ? (record.voided_at ?? moment.now) : null
  if (status === 'ACTIVE' && warrantyStatus(record, moment.today) !== 'ACTIVE') {
    return [{ path: 'status', message: 'cannot be ACTIVE: the warranty has ended' }]
  }
  return []
}
