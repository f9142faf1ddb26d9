/**
 * Which module may call which. A module lists only modules written above it, so a cycle cannot be written.
 * Calls go down this list in the caller's transaction; news goes up by journal cursors after commit.
 */
export const map = {
  cases: [],
  parties: ['cases'],
  rulebook: ['cases', 'parties'],
  accounts: [],
  risk: ['parties', 'rulebook'],
  treasury: ['cases', 'parties', 'rulebook', 'accounts'],
  services: ['cases', 'parties', 'rulebook', 'treasury'],
  clearance: ['cases', 'parties', 'rulebook', 'accounts', 'risk', 'treasury'],
  ports: ['parties', 'rulebook', 'clearance'],
  receipts: ['parties', 'rulebook', 'clearance'],
  logistics: ['cases', 'parties', 'rulebook', 'accounts', 'treasury', 'clearance'],
  slips: ['parties', 'rulebook', 'clearance'],
  agencies: ['cases', 'parties', 'rulebook', 'treasury', 'services', 'clearance', 'logistics'],
  statistics: ['parties', 'rulebook', 'clearance'],
  feedback: ['parties', 'rulebook', 'clearance'],
  developers: ['parties', 'rulebook', 'clearance', 'feedback'],
  messages: ['parties', 'rulebook', 'clearance', 'slips'],
  transparency: [],
  operations: ['cases', 'parties', 'clearance', 'transparency'],
  home: ['cases', 'parties', 'rulebook', 'treasury', 'clearance', 'agencies'],
  demo: [
    'cases',
    'parties',
    'rulebook',
    'accounts',
    'risk',
    'treasury',
    'services',
    'clearance',
    'ports',
    'logistics',
    'slips',
    'agencies',
    'statistics',
    'feedback',
    'developers',
    'messages',
    'home',
  ],
} as const satisfies Readonly<Record<string, readonly string[]>>;

/** The name of a module: its folder, its PostgreSQL schema, the first part of its refusal codes. */
export type ModuleName = keyof typeof map;
