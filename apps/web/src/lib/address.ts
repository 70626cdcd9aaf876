/** What the address of this page asks for, behind `?`. */
export function readAddress(): URLSearchParams {
  return new URLSearchParams(location.search)
}

/**
 * Puts the state of a list into the address, so that Back, a reload and a shared link lead to it again. What is
 * undefined, empty or false is left out.
 * @param how `push` where Back shall lead to what was before, `replace` where it shall not (as while typing)
 */
export function writeAddress(
  state: Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>,
  how: 'push' | 'replace',
): void {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(state)) {
    if (value === undefined || value === '' || value === false) continue
    for (const one of Array.isArray(value) ? value : [value]) query.append(name, String(one))
  }
  const address = `${location.pathname}${query.size > 0 ? `?${query}` : ''}${location.hash}`
  if (address === `${location.pathname}${location.search}${location.hash}`) return
  if (how === 'push') history.pushState(null, '', address)
  else history.replaceState(null, '', address)
}
