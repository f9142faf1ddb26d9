/**
 * The few tones of the portal: `released` for what went through, `hand` for what needs a person, `stopped` for what
 * ended against somebody, `ink` for what is on its way, `quiet` for the rest.
 */
export type Tone = 'released' | 'hand' | 'stopped' | 'ink' | 'quiet';

/** The tone of every status, outcome and check result. A code that is not here has no word either. */
export const tones = {
  // Where a parcel is.
  lodged: 'ink',
  'waiting-for-slips': 'hand',
  'cleared-awaiting-goods': 'ink',
  'under-control': 'hand',
  'left-supervision': 'quiet',
  cancelled: 'quiet',
  returned: 'quiet',
  abandoned: 'stopped',
  unclaimed: 'hand',
  'over-landed': 'hand',
  'short-landed': 'hand',
  // What was decided about it.
  rejected: 'stopped',
  'other-route': 'hand',
  cleared: 'ink',
  released: 'released',
  'released-changed': 'released',
  'released-security': 'released',
  control: 'hand',
  denied: 'stopped',
  'cannot-decide': 'hand',
  waiting: 'hand',
  // How a check came out.
  passed: 'released',
  failed: 'stopped',
  skipped: 'quiet',
  unknown: 'hand',
  // Cases, deadlines, notices of charges.
  open: 'hand',
  claimed: 'ink',
  decided: 'quiet',
  closed: 'quiet',
  overdue: 'stopped',
  due: 'hand',
  paid: 'released',
  secured: 'released',
  unpaid: 'hand',
  // Records of the window: people, clients, packs, mandates.
  active: 'released',
  suspended: 'hand',
  revoked: 'stopped',
  expired: 'quiet',
  draft: 'hand',
  'in-force': 'released',
  future: 'ink',
  past: 'quiet',
  // Steps of a tour or a task.
  done: 'released',
  'to-do': 'quiet',
  simulated: 'hand',
  real: 'released',
  'not-yet': 'quiet',
} as const satisfies Record<string, Tone>;

/** A code that `statusTag` can show. */
export type Status = keyof typeof tones;

const toneByCode = new Map<string, Tone>(Object.entries(tones));

/** The tone of a code; quiet for one that is not known. */
export const toneOf = (code: string): Tone => toneByCode.get(code) ?? 'quiet';
