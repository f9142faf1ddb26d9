import { addDays, dayOf } from '#kernel/effective.ts';
import { newId } from '#kernel/id.ts';
import { ok, refuse, type Refusal, type Result } from '#kernel/result.ts';
import { oldestOpen } from '#modules/cases/index.ts';
import { oldestWaiting } from '#modules/clearance/index.ts';
import { lastSegment } from '#modules/transparency/index.ts';
import { type Clock, instantOf, msOfInstant, systemClock } from '#platform/clock.ts';
import type { Context } from '#platform/context.ts';
import type { Tx } from '#platform/db.ts';
import { followersLag } from '#platform/followers.ts';
import { append } from '#platform/journal.ts';
import { availabilityOf } from './availability.ts';
import { daysShown, type Incident, type StatusView, type Told } from './model.ts';
import * as store from './store.ts';

const dayMs = 86_400_000;
const incidentDays = 90;
const incidentsShown = 50;
const freshMs = 5_000;

const secondsSince = (now: number, instant: string | null): number | null =>
  instant === null ? null : Math.max(0, Math.floor((now - msOfInstant(instant)) / 1_000));

async function made(context: Context, clock: Clock): Promise<StatusView> {
  const { db } = context;
  const now = clock.now();
  const from = addDays(dayOf(instantOf(now).slice(0, 10)), 1 - daysShown);
  const [rows, since, lag, forPerson, forData, kept, sealed, incidents] = await Promise.all([
    store.measured(db, from),
    store.measuredSince(db),
    followersLag(db),
    oldestOpen(db),
    oldestWaiting(db),
    store.lastKept(db),
    lastSegment(db),
    store.incidents(db, instantOf(now - incidentDays * dayMs), incidentsShown),
  ]);
  // Cases are opened by the legal clock, which a demonstration moves.
  const legal = context.clock.now();
  return {
    at: instantOf(now),
    measuredSince: since,
    ...availabilityOf(rows, since, now),
    queue: {
      forPersonSeconds: secondsSince(legal, forPerson),
      forDataSeconds: secondsSince(legal, forData),
      newsSeconds: Math.floor(Math.max(0, ...lag.map(({ seconds }) => seconds))),
    },
    lastBackup: kept.backup,
    lastProved: kept.proved,
    lastSegment: sealed,
    incidents,
  };
}

const fresh = new WeakMap<Context, { readonly at: number; readonly view: Promise<StatusView> }>();

/** How the window runs, as everybody may know it; put together at most every five seconds, however many ask. */
export function statusOf(context: Context, clock: Clock = systemClock): Promise<StatusView> {
  const known = fresh.get(context);
  const now = clock.now();
  if (known !== undefined && Math.abs(now - known.at) < freshMs) return known.view;
  const view = made(context, clock);
  fresh.set(context, { at: now, view });
  view.catch(() => fresh.delete(context));
  return view;
}

/** What an administrator says of an incident, as it was typed. */
export interface GivenIncident {
  readonly began: string;
  readonly ended: string;
  readonly words: Readonly<Record<string, Told>>;
}

const momentPattern = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2})(?::\d{2})?(?:\.\d{1,3})?Z?$/;

/** A moment in UTC as a person types it: `2026-11-24 08:15`. */
function momentOf(text: string, pointer: string): Result<string> {
  const found = momentPattern.exec(text.trim());
  try {
    if (found !== null) return ok(instantOf(msOfInstant(`${found[1]}T${found[2]}:00.000Z`)));
  } catch {
    // The calendar or the clock has no such moment.
  }
  return refuse('operations/not-a-moment', { pointer });
}

/** The words of the languages in which anything was said; each has both parts. */
function wordsOf(given: GivenIncident['words']): Result<Record<string, Told>> {
  const said = Object.entries(given).filter(([, { title, text }]) => title.trim() !== '' || text.trim() !== '');
  if (said.length === 0) return refuse('operations/incident-without-words', { pointer: '/words/en/title' });
  for (const [language, { title, text }] of said) {
    const missing = title.trim() === '' ? 'title' : text.trim() === '' ? 'text' : undefined;
    if (missing !== undefined)
      return refuse('operations/incident-half-told', { pointer: `/words/${language}/${missing}` });
  }
  return ok(
    Object.fromEntries(
      said.map(([language, { title, text }]) => [language, { title: title.trim(), text: text.trim() }]),
    ),
  );
}

function checked(given: GivenIncident): Result<Omit<Incident, 'id'>> {
  if (given.began.trim() === '') return refuse('operations/moment-missing', { pointer: '/began' });
  const began = momentOf(given.began, '/began');
  const ended: Result<string | null> = given.ended.trim() === '' ? ok(null) : momentOf(given.ended, '/ended');
  const words = wordsOf(given.words);
  const wrong = [began, ended, words].flatMap((one): Refusal[] => (one.ok ? [] : [one.error]));
  const [first, ...more] = wrong;
  if (first !== undefined) return { ok: false, error: { ...first, ...(more.length > 0 ? { more } : {}) } };
  if (!began.ok || !ended.ok || !words.ok) throw new Error('what is not wrong is right');
  if (ended.value !== null && ended.value < began.value)
    return refuse('operations/ends-before-it-began', { pointer: '/ended' });
  return ok({ began: began.value, ended: ended.value, words: words.value });
}

/** Enters an incident, or changes one that was entered; it is public at once. The journal keeps that it was done. */
export async function enterIncident(
  context: Context,
  given: GivenIncident,
  id: string | null,
  clock: Clock = systemClock,
): Promise<Result<Incident>> {
  const found = checked(given);
  if (!found.ok) return found;
  return context.db.tx(async (tx: Tx) => {
    if (id !== null && (await store.incident(tx, id)) === undefined) return refuse('operations/incident-unknown');
    const incident = { id: id ?? newId(clock.now()), ...found.value };
    await store.putIncident(tx, incident, clock.instant());
    const kind = id === null ? 'operations.incident-entered' : 'operations.incident-changed';
    const { began, ended } = incident;
    await append(tx, [{ kind, subject: incident.id, data: { began, ended, languages: Object.keys(incident.words) } }]);
    fresh.delete(context);
    return ok(incident);
  });
}

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export async function incidentOf(context: Context, id: string): Promise<Result<Incident>> {
  const found = uuid.test(id) ? await store.incident(context.db, id) : undefined;
  return found === undefined ? refuse('operations/incident-unknown') : ok(found);
}

/** Every incident that was entered, newest first. */
export const allIncidents = (context: Context): Promise<Incident[]> =>
  store.incidents(context.db, '1970-01-01T00:00:00Z', 500);
