import { hash } from 'node:crypto';
import type { Check } from '#kernel/check.ts';
import { formatMoney, type WireMoney } from '#kernel/money.ts';
import type { RecordRef } from '#platform/auth.ts';
import { msOfInstant } from '#platform/clock.ts';
import type { JournalEntry } from '#platform/journal.ts';
import type { Standing } from '#modules/clearance/index.ts';
import type { EventData, Reason } from './model.ts';

/** An event before it is told to anybody. */
export interface Happened {
  readonly id: string;
  readonly kind: string;
  readonly parcel: string;
  readonly at: string;
  readonly seeded: boolean;
  readonly places: RecordRef['parties'];
  readonly data: EventData;
}

const text = (entry: JournalEntry, name: string): string | undefined => {
  const value = entry.data[name];
  return typeof value === 'string' ? value : undefined;
};
const number = (entry: JournalEntry, name: string): number | undefined => {
  const value = entry.data[name];
  return typeof value === 'number' ? value : undefined;
};

/**
 * The id of an event is made of its entry alone, so that it is the same whoever is told and however often: a UUIDv7
 * (RFC 9562 §5.7) of the entry's moment, whose random part is a digest of the entry's number, kind and subject.
 */
export function eventId({ seq, at, kind, subject }: Pick<JournalEntry, 'seq' | 'at' | 'kind' | 'subject'>): string {
  const time = Math.max(0, msOfInstant(at)).toString(16).padStart(12, '0');
  const digest = hash('sha256', `${seq} ${kind} ${subject}`, 'hex');
  const variant = ((Number.parseInt(digest.slice(3, 4), 16) % 4) + 8).toString(16);
  return `${time.slice(0, 8)}-${time.slice(8)}-7${digest.slice(0, 3)}-${variant}${digest.slice(4, 7)}-${digest.slice(7, 19)}`;
}

/** The steps of a case that nobody decided in are told: a question, an answer, a choice. Decisions tell themselves. */
const isStep = (entry: JournalEntry): boolean => entry.kind === 'cases.moved' && entry.data['decision'] !== true;

/** The parcel that an entry is about, and which of its versions; 0 where it has none yet. Null for what is not told. */
export function parcelIn(entry: JournalEntry): { readonly id: string; readonly version: number } | null {
  if (entry.kind === 'clearance.waiting') return { id: entry.subject, version: 0 };
  if (entry.kind !== 'cases.moved') return { id: entry.subject, version: number(entry, 'version') ?? 1 };
  const id = text(entry, 'subject');
  return isStep(entry) && id !== undefined ? { id, version: 1 } : null;
}

const reasonOf = ({ id, result, reason, params }: Check): Reason => ({ check: id, result, code: reason, params });

const wire = (entry: JournalEntry, name: string): WireMoney | undefined => {
  const currency = text(entry, 'currency');
  const minor = text(entry, name);
  return currency === undefined || minor === undefined ? undefined : formatMoney({ currency, minor: BigInt(minor) });
};

/** Entries after which somebody asks why. */
const decisions = new Set(['clearance.decided', 'clearance.waiting', 'clearance.redetermined', 'clearance.amended']);

function clearanceData(entry: JournalEntry, { checks, missing }: Standing): Partial<Record<keyof EventData, unknown>> {
  const border = text(entry, 'border');
  const currency = text(entry, 'currency');
  const secured = entry.data['secured'];
  const decided = decisions.has(entry.kind);
  return {
    version: number(entry, 'version'),
    status: text(entry, 'status'),
    since: text(entry, 'since'),
    presented: number(entry, 'presented'),
    pieces: number(entry, 'pieces'),
    place: text(entry, 'place'),
    barcode: text(entry, 'barcode'),
    ending: text(entry, 'ending'),
    outcome: text(entry, 'outcome'),
    route: text(entry, 'route'),
    ground: text(entry, 'ground'),
    reasons: decided && checks.length > 0 ? checks.map(reasonOf) : undefined,
    missing: decided && missing.length > 0 ? missing : undefined,
    secured: typeof secured === 'boolean' ? secured : undefined,
    border: border === undefined || currency === undefined ? undefined : { currency, amount: border },
  };
}

function noticeData(entry: JournalEntry): Partial<Record<keyof EventData, unknown>> {
  const amount = wire(entry, 'minor');
  const refund = wire(entry, 'refund');
  return {
    version: number(entry, 'version'),
    notice: {
      state: entry.kind.slice(entry.kind.indexOf('.') + 1),
      ...(amount === undefined ? {} : { amount }),
      ...(refund === undefined ? {} : { refund }),
    },
  };
}

const caseData = (entry: JournalEntry): Partial<Record<keyof EventData, unknown>> => ({
  case: {
    id: entry.subject,
    procedure: text(entry, 'procedure') ?? '',
    move: text(entry, 'move') ?? '',
    state: text(entry, 'to') ?? '',
  },
});

/** What was told of a parcel by others: of its goods, or of its money. */
const movementData = ({ kind, data }: JournalEntry): Partial<Record<keyof EventData, unknown>> => ({
  [kind === 'trade.money' ? 'money' : 'goods']: { ...data },
});

/** The event that an entry of the journal is to those who stand around its parcel. */
export function eventOf(entry: JournalEntry, parcel: string, standing: Standing): Happened {
  const area = entry.kind.slice(0, entry.kind.indexOf('.'));
  const about =
    area === 'treasury'
      ? noticeData(entry)
      : area === 'cases'
        ? caseData(entry)
        : area === 'trade'
          ? movementData(entry)
          : clearanceData(entry, standing);
  const known = Object.fromEntries(Object.entries(about).filter(([, value]) => value !== undefined && value !== null));
  return {
    id: eventId(entry),
    kind: entry.kind,
    parcel,
    at: entry.at,
    seeded: entry.seeded,
    places: standing.record.parties,
    data: { declaration: standing.declaration, ...known },
  };
}
