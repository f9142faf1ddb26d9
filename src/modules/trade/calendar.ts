import { createHash, randomBytes } from 'node:crypto';
import { addDays, dayIn, dayOf } from '#kernel/effective.ts';
import { ok, refuse, type Result } from '#kernel/result.ts';
import { may, type Principal } from '#platform/auth.ts';
import type { Context } from '#platform/context.ts';
import { casesOf, recordOf as caseRecord } from '#modules/cases/index.ts';
import { parcelList, standingAt } from '#modules/clearance/index.ts';
import { partiesPart, principalOfParty } from '#modules/parties/index.ts';
import { packsPart } from '#modules/rulebook/index.ts';
import { noticeList } from '#modules/treasury/index.ts';
import { partiesOf, flowsOf } from './flows.ts';
import * as store from './store.ts';

/** Something that is due: slips, a step of a case, a payment, a delivery. */
export interface Due {
  readonly kind: 'slips' | 'case' | 'notice' | 'delivery';
  /** The parcel, the case or the notice. */
  readonly id: string;
  readonly address: string;
  /** What it is called: the caller's key of the parcel, where that is known. */
  readonly name: string;
  /** An instant, or a day where the law names a day. */
  readonly at: string;
}

const most = 100;

/** What is due for a principal, the next first: as far ahead as anything is known. */
export async function dueFor(context: Context, principal: Principal): Promise<Due[]> {
  const parties = partiesOf(principal);
  const now = context.clock.instant();
  const all = await Promise.all([
    waitingDue(context, principal),
    casesDue(context, principal, parties),
    noticesDue(context, principal),
    deliveriesDue(context, principal, parties ?? [], now),
  ]);
  return all.flat().sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}

async function waitingDue(context: Context, principal: Principal): Promise<Due[]> {
  const { waiting } = await parcelList(context, principal, { status: 'waiting', limit: most });
  return waiting.flatMap(({ id, declaration, due }): Due[] =>
    due === null ? [] : [{ kind: 'slips', id, address: `/parcels/${id}`, name: declaration, at: due }],
  );
}

async function casesDue(context: Context, principal: Principal, parties: readonly string[] | null): Promise<Due[]> {
  const held = await standingAt(context.db, parties, ['control', 'denied', 'unclaimed', 'over-landed'], most);
  const cases = await casesOf(context.db, held);
  const seen = await flowsOf(context, principal, held);
  return cases.flatMap((one): Due[] =>
    one.due !== null && one.closed === null && may(principal, 'case.read', caseRecord(one))
      ? [
          {
            kind: 'case',
            id: one.id,
            address: `/cases/${one.id}`,
            name: seen.get(one.subject)?.declaration ?? one.subject,
            at: one.due,
          },
        ]
      : [],
  );
}

async function noticesDue(context: Context, principal: Principal): Promise<Due[]> {
  const { notices } = await noticeList(context, principal, { state: 'due', size: most });
  const ids = notices.flatMap(({ id }) => id ?? []);
  const seen = await flowsOf(context, principal, ids);
  return notices.flatMap(({ id, due }): Due[] =>
    id !== undefined && due?.day
      ? [{ kind: 'notice', id, address: `/notices/${id}`, name: seen.get(id)?.declaration ?? id, at: due.day }]
      : [],
  );
}

async function deliveriesDue(
  context: Context,
  principal: Principal,
  parties: readonly string[],
  now: string,
): Promise<Due[]> {
  const rows = await store.expectedAfter(context.db, parties, now, most);
  const seen = await flowsOf(
    context,
    principal,
    rows.map(({ parcel }) => parcel),
  );
  return rows.flatMap(({ parcel: id, expected: at }): Due[] => {
    const flow = seen.get(id);
    return flow === undefined
      ? []
      : [{ kind: 'delivery', id, address: `/trade/${id}`, name: flow.declaration ?? id, at }];
  });
}

const hashOf = (key: string): Buffer => createHash('sha256').update(key).digest();

/** Gives a person a private address of his calendar; the one before it ends at once. */
export async function openCalendar(context: Context, principal: Principal): Promise<Result<string>> {
  const { subject, party } = principal;
  if (party === null) return refuse('trade/no-party');
  const key = randomBytes(24).toString('base64url');
  await context.db.tx((tx) =>
    store.putCalendar(tx, { hash: hashOf(key), person: subject, party, made: context.clock.instant() }),
  );
  return ok(`${context.config.origin}/trade/calendar.ics?key=${key}`);
}

/** Ends the private address of a person's calendar. */
export const closeCalendar = (context: Context, principal: Principal): Promise<void> =>
  store.dropCalendar(context.db, principal.subject);

/** Since when a person's calendar has an address; undefined where it has none. */
export const calendarSince = async (context: Context, principal: Principal): Promise<string | undefined> =>
  (await store.calendarOf(context.db, principal.subject))?.made;

/** A line in pieces of at most 75 octets (RFC 5545 §3.1), none of which ends inside a character. */
function folded(line: string): string {
  let text = '';
  let octets = 0;
  for (const one of line) {
    const size = Buffer.byteLength(one);
    if (octets + size > 75) {
      text += '\r\n ';
      octets = 1;
    }
    text += one;
    octets += size;
  }
  return text;
}
const escaped = (text: string): string =>
  text.replaceAll(/[\\;,]/g, (one) => `\\${one}`).replaceAll(/\r\n?|\n/g, '\\n');
const stamp = (instant: string): string => `${instant.slice(0, 19).replaceAll(/[-:]/g, '')}Z`;

/** What is due as iCalendar (RFC 5545): an instant as a moment, a day as a whole day. `title` says what in words. */
export function calendarText(
  origin: string,
  name: string,
  dues: readonly Due[],
  now: string,
  title: (due: Due) => string,
): string {
  const events = dues.flatMap((due) => {
    const { kind, id, at, address } = due;
    const when = at.includes('T')
      ? [`DTSTART:${stamp(at)}`]
      : [
          `DTSTART;VALUE=DATE:${at.replaceAll('-', '')}`,
          `DTEND;VALUE=DATE:${addDays(dayOf(at), 1).replaceAll('-', '')}`,
        ];
    return [
      'BEGIN:VEVENT',
      `UID:${kind}-${id}@${new URL(origin).hostname}`,
      `DTSTAMP:${stamp(now)}`,
      ...when,
      `SUMMARY:${escaped(title(due))}`,
      `URL:${origin}${address}`,
      'END:VEVENT',
    ];
  });
  const head = ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//Portolan//Trade//EN', `NAME:${escaped(name)}`];
  return [...head, ...events, 'END:VCALENDAR', ''].map(folded).join('\r\n');
}

/** Whoever holds the key of a calendar, as the party that it belongs to: he reads, and nothing else. */
export async function holderOf(context: Context, key: string): Promise<Result<Principal>> {
  const row = await store.calendarAt(context.db, hashOf(key));
  const snapshot = context.reference.current();
  const party = row && snapshot.get(partiesPart).parties.get(row.party);
  if (row === undefined || party === undefined) return refuse('trade/calendar-unknown', { pointer: '/key' });
  const on = dayIn(context.clock.instant(), snapshot.get(packsPart).home.timeZone);
  return ok(principalOfParty(snapshot, row.party, [], on));
}
