/** The chapters of the REST documentation, in their order. */
export const TAGS = {
  Purchases: 'What was bought, where, when and for how much.',
  Bulk: 'The same for many purchases: changed or deleted together, and taken back.',
  Warranties: 'What is still covered, and until when. A purchase has at most one warranty.',
  Attachments: 'Receipts, manuals and photos of a purchase; many may share one file.',
  Retailers: 'Where things were bought.',
  Brands: 'Who made them.',
  Analytics: 'Figures over purchases and warranties, always within one currency.',
  Import: 'Files from here or elsewhere: looked at, tried, brought in, and taken back.',
  Export: 'Everything that was recorded, as a file.',
  Backup: 'Copies of everything that are proven, on a schedule, and how to come back to one.',
  Jobs: 'Long work: how far it is, what came of it, and how to stop it.',
  Settings: 'How this instance counts and shows.',
  Service: 'The state of the service itself, for probes and tools.',
} as const satisfies Record<string, string>
