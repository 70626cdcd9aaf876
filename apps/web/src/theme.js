// Before the first paint, so that a dark page never flashes white.
{
  const theme = localStorage.getItem('theme') ?? 'auto'
  const dark = theme === 'dark' || (theme === 'auto' && matchMedia('(prefers-color-scheme: dark)').matches)
  document.documentElement.dataset.bsTheme = dark ? 'dark' : 'light'
  if (localStorage.getItem('sidebar') === 'narrow') document.documentElement.dataset.sidebar = 'narrow'
}
