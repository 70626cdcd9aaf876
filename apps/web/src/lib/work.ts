import type { Job } from '@spends/client'
import { windowMemory } from './memory.ts'

/** Where it stands which job somebody follows, through a reload of the page. */
const KEPT = 'work'

/** Hands a job that was just begun to what shows its progress. */
export function follow(job: Job): void {
  window.dispatchEvent(new CustomEvent('spends:work', { detail: job }))
}

/** @param take gets every job that is handed over by `follow` */
export function onFollow(take: (job: Job) => void): void {
  window.addEventListener('spends:work', (event) => take((event as CustomEvent<Job>).detail))
}

/** The id of the job that was followed before this page was loaded. */
export function keptWork(): string | null {
  return windowMemory.get(KEPT)
}

/** @param id null when nobody follows any */
export function keepWork(id: string | null): void {
  windowMemory.set(KEPT, id)
}

/** Says that backups have come, gone or been proven. */
export function tellBackupsChanged(): void {
  window.dispatchEvent(new Event('spends:backups'))
}

export function onBackupsChanged(react: () => void): void {
  window.addEventListener('spends:backups', react)
}
