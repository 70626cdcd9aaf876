import Alpine from '@alpinejs/csp'

/** What Alpine adds to a component, of it what the pages use. */
export interface Magics {
  readonly $el: HTMLElement
  readonly $root: HTMLElement
  readonly $refs: Readonly<Record<string, HTMLElement | undefined>>
  $nextTick(callback?: () => void): Promise<void>
  $watch(property: string, callback: (value: unknown, before: unknown) => void): void
  $dispatch(name: string, detail?: unknown): void
}

/**
 * Registers a component for `x-data="name"` or `x-data="name(argument)"`. Attributes can only name its properties and
 * call its methods, so whatever thinks stands in here.
 */
export function component<T extends object, Arguments extends unknown[]>(
  name: string,
  create: (...given: Arguments) => T & ThisType<T & Magics>,
): void {
  Alpine.data(name, create as (...given: unknown[]) => Record<string, unknown>)
}
