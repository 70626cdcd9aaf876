/** The chapters of the REST documentation, in their order. */
export const TAGS = {
  Purchases: 'What was bought, where, when and for how much.',
  Warranties: 'What is still covered, and until when. A purchase has at most one warranty.',
  Retailers: 'Where things were bought.',
  Brands: 'Who made them.',
  Analytics: 'Figures over purchases and warranties, always within one currency.',
  Settings: 'How this instance counts and shows.',
  Service: 'The state of the service itself, for probes and tools.',
} as const satisfies Record<string, string>
