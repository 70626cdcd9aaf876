import type { Warranty } from '@spends/client'

/** A warranty as its form holds it. */
export interface WarrantyDraft {
  warranty_type: Warranty['warranty_type']
  warranty_start: string
  warranty_end: string
  provider: string
  notes: string
  isVoid: boolean
}

export function emptyDraft(): WarrantyDraft {
  return { warranty_type: 'LIMITED', warranty_start: '', warranty_end: '', provider: '', notes: '', isVoid: false }
}

export function toDraft({
  warranty_type,
  warranty_start,
  warranty_end,
  provider,
  notes,
  status,
}: Warranty): WarrantyDraft {
  return {
    warranty_type,
    warranty_start,
    warranty_end: warranty_end ?? '',
    provider: provider ?? '',
    notes: notes ?? '',
    isVoid: status === 'VOIDED',
  }
}

/** What an update of a warranty sends; its status only where that was changed. */
export function toChanges(
  { id, version, status }: Warranty,
  { isVoid, warranty_end, provider, notes, ...draft }: WarrantyDraft,
) {
  const wasVoid = status === 'VOIDED'
  return {
    id,
    version,
    ...draft,
    warranty_end: warranty_end || null,
    provider: provider || null,
    notes: notes || null,
    ...(isVoid === wasVoid ? {} : { status: isVoid ? ('VOIDED' as const) : ('ACTIVE' as const) }),
  }
}
