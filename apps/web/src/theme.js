// Before the first paint, so that a dark page never flashes white.
{
  const kept = (key) => {
    try {
      return localStorage.getItem(key)
    } catch {
      // A browser that is told to keep nothing.
      return null
    }
  }
  const theme = kept('theme') ?? 'auto'
  const dark = theme === 'dark' || (theme === 'auto' && matchMedia('(prefers-color-scheme: dark)').matches)
  document.documentElement.dataset.bsTheme = dark ? 'dark' : 'light'
  if (kept('sidebar') === 'narrow') document.documentElement.dataset.sidebar = 'narrow'
}
