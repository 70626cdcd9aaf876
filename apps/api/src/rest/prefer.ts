/** Whether the header `Prefer` of a request has this preference. RFC 7240: they stand between commas, each maybe with a value or parameters. */
export function prefers(header: string | undefined, preference: 'respond-async' | 'wait'): boolean {
  return (header ?? '').split(',').some((given) => given.split(/[;=]/)[0]?.trim().toLowerCase() === preference)
}
