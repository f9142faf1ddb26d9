import { isUuid, newId } from '#kernel/id.ts';
import { ok, type Refusal, refuse, type Result } from '#kernel/result.ts';
import { may, type Principal, view } from '#platform/auth.ts';
import type { Context } from '#platform/context.ts';
import type { Tx } from '#platform/db.ts';
import { append } from '#platform/journal.ts';
import { type CaseRow, casesOf, type MoveRow, open, type Reasons, timelineOf } from '#modules/cases/index.ts';
import { attach, type Attachment, attachmentOf, attachmentsOf } from '#modules/documents/index.ts';
import { newPerson, partyNow, triedTooOften } from '#modules/parties/index.ts';
import { packsPart } from '#modules/rulebook/index.ts';
import type { Upload } from '#platform/uploads.ts';
import { affairsOf, type Application, applicationRecord, type ApplicationRow, type ApplicationState } from './model.ts';
import { admit, registrationProcedure } from './procedure.ts';
import { type Identified, identify } from './schemes.ts';
import * as store from './store.ts';
import { inOne, publishing } from './whole.ts';

/** A registration as it leaves. */
export interface RegistrationView {
  readonly id: string;
  readonly state: ApplicationState;
  readonly identifier: string;
  readonly identifiers: readonly Identified[];
  readonly name: string;
  readonly latin: string | null;
  readonly language: string;
  readonly country: string;
  readonly address: string;
  readonly roles: readonly string[];
  readonly person: string;
  readonly received: string;
  readonly due: string | null;
  readonly source: string | null;
  readonly ended: string | null;
  readonly decision: (Reasons & { readonly move: string }) | null;
  readonly question: string | null;
  readonly answer: string | null;
  readonly documents: readonly Omit<Attachment, 'by'>[];
  /** What whoever takes a step names, so that nobody decides on an old view; null where no desk decides. */
  readonly stamp: number | null;
}

const about = (id: string) => ({ kind: 'registration', id });
/** How often an address may ask for a registration in a quarter of an hour. */
const triesMost = 20;

/** Looks at every identifier and tells each fault at its own place. */
function identified(given: Application['identifiers']): Result<Identified[]> {
  const results = given.map(({ scheme, value }) => identify(scheme, value));
  const faults = results.flatMap((result, at) =>
    result.ok ? [] : [{ ...result.error, pointer: `/identifiers/${at}${result.error.pointer ?? ''}` }],
  );
  const [first, ...more] = faults;
  if (first !== undefined) return { ok: false, error: { ...first, ...(more.length > 0 ? { more } : {}) } };
  return ok(results.flatMap((result) => (result.ok ? [result.value] : [])));
}

const at = (refusal: Refusal, pointer: string): Refusal => ({ ...refusal, pointer });

/** Keeps the papers that came with a form; a fault is told at their field. */
export async function attachAll(
  context: Context,
  tx: Tx,
  id: string,
  by: string,
  files: readonly Upload[],
): Promise<Result<null>> {
  for (const { name, bytes, tooLarge } of files) {
    const kept = await attach(context, tx, { name, bytes, tooLarge, by, about: about(id) });
    if (!kept.ok) return { ok: false, error: at(kept.error, '/documents') };
  }
  return ok(null);
}

/** What the pack says of these roles: by which desk they are approved, or that nobody has to. */
function approvalOf(context: Context, roles: readonly string[]): { needed: boolean; desk: string | null } {
  const law = context.reference.current().get(packsPart).home.registration;
  const needed = law === null || roles.some((role) => law.approval.includes(role));
  return { needed, desk: needed ? (law?.desk ?? null) : null };
}

async function openCase(context: Context, tx: Tx, row: ApplicationRow): Promise<void> {
  const law = context.reference.current().get(packsPart).home.registration;
  const facts: Record<string, string> =
    law === null ? {} : { decideHours: String(law.days * 24), decideSource: law.source };
  const opening = { procedure: registrationProcedure.name, actor: row.person, at: row.received };
  const id = newId(context.clock.now());
  await open(tx, opening, [{ id, subject: row.id, desk: row.desk, facts }]);
}

/** What somebody who asked is told: the link with which he signs in is in this answer and nowhere else. */
export interface Asked {
  readonly id: string;
  readonly state: ApplicationState;
  readonly link: string;
}

/** Writes all of it in the caller's transaction; a refusal undoes it whole. */
async function write(
  context: Context,
  tx: Tx,
  row: Omit<ApplicationRow, 'person'>,
  given: { person: Application['person']; files: readonly Upload[] },
  epoch: bigint | null,
): Promise<Result<Asked>> {
  const { id, identifier, state } = row;
  const taken = refuse('registration/identifier-taken', { pointer: '/identifiers/0/value', params: { identifier } });
  if ((await partyNow(tx, identifier)) !== undefined) return taken;
  const person = await newPerson(context, tx, { ...given.person, party: null, roles: [] });
  if (!person.ok) return person;
  const whole: ApplicationRow = { ...row, person: person.value.id };
  if (!(await store.add(tx, whole))) return taken;
  const attached = await attachAll(context, tx, id, whole.person, given.files);
  if (!attached.ok) return attached;
  await append(tx, [{ kind: 'registration.asked', subject: id, data: { roles: row.roles, state } }]);
  const refused =
    epoch === null ? await openCase(context, tx, whole) : await admit(context, tx, epoch, 'system', whole);
  return refused ? { ok: false, error: refused } : ok({ id, state, link: person.value.link });
}

/**
 * Takes the registration of a business from anybody. It stands at once where the pack lets nobody approve the roles
 * that are asked for; otherwise it becomes a case of the desk that the pack names.
 */
export async function apply(
  context: Context,
  given: Application,
  files: readonly Upload[],
  address: string,
): Promise<Result<Asked>> {
  if (await triedTooOften(context, { kind: 'register', address, most: triesMost }))
    return refuse('registration/too-many');
  const identifiers = identified(given.identifiers);
  if (!identifiers.ok) return identifiers;
  const { needed, desk } = approvalOf(context, given.roles);
  const received = context.clock.instant();
  const { name, language, latin = null, country, roles, person } = given;
  const row = {
    id: newId(context.clock.now()),
    identifier: identifiers.value[0]!.value,
    identifiers: JSON.stringify(identifiers.value),
    name,
    language,
    latin,
    country,
    address: given.address,
    roles,
    shown: person.shown,
    desk,
    state: needed ? ('open' as const) : ('approved' as const),
    received,
    ended: needed ? null : received,
  };
  return needed
    ? inOne(context, (tx) => write(context, tx, row, { person, files }, null))
    : publishing(context, (tx, epoch) => write(context, tx, row, { person, files }, epoch));
}

/** The case in which a desk decides; undefined where nobody has to. */
export const caseOf = async (tx: Tx, id: string): Promise<CaseRow | undefined> =>
  (await casesOf(tx, [id])).find(({ procedure }) => procedure === registrationProcedure.name);

/** The decision that stands: one that was reversed does not. */
function decisionOf(one: CaseRow | undefined, moves: readonly MoveRow[]): RegistrationView['decision'] {
  const last = one?.closed === null ? undefined : moves.findLast(({ decision }) => decision);
  if (last === undefined || last.move === 'reverse') return null;
  const { move, ground, reason, remedy } = last;
  return { move, ground: ground ?? '', reason: reason ?? '', remedy: remedy ?? '' };
}

async function viewOf(tx: Tx, principal: Principal, row: ApplicationRow): Promise<Partial<RegistrationView>> {
  const one = await caseOf(tx, row.id);
  const { moves } = one === undefined ? { moves: [] } : await timelineOf(tx, one.id);
  const said = (move: string): string | null => moves.findLast((step) => step.move === move)?.note ?? null;
  const documents = (await attachmentsOf(tx, about(row.id))).map(({ by: _by, ...rest }) => rest);
  const { id, state, identifier, name, latin, language, country, address, roles, shown: person } = row;
  const source = one?.facts['decideSource'];
  const data: RegistrationView = {
    id,
    state,
    identifier,
    identifiers: JSON.parse(row.identifiers) as Identified[],
    name,
    latin,
    language,
    country,
    address,
    roles,
    person,
    received: row.received,
    due: state === 'open' ? (one?.due ?? null) : null,
    source: typeof source === 'string' ? source : null,
    ended: row.ended,
    decision: decisionOf(one, moves),
    question: said('ask'),
    answer: said('answer'),
    documents,
    stamp: one?.stamp ?? null,
  };
  return view(principal, { ...applicationRecord(row), data });
}

/** The application, for who may read it; nobody else is told that it exists. */
export async function readable(tx: Tx, principal: Principal, id: string): Promise<Result<ApplicationRow>> {
  const row = isUuid(id) ? await store.byId(tx, id) : undefined;
  const known = row !== undefined && may(principal, 'registration.read', applicationRecord(row));
  return known ? ok(row) : refuse('registration/not-found');
}

/** A registration as this principal sees it. */
export async function registrationView(
  context: Context,
  principal: Principal,
  id: string,
): Promise<Result<Partial<RegistrationView>>> {
  const row = await readable(context.db, principal, id);
  return row.ok ? ok(await viewOf(context.db, principal, row.value)) : row;
}

/** What whoever asks has asked for himself, the latest first. */
export async function ownRegistrations(context: Context, principal: Principal): Promise<Partial<RegistrationView>[]> {
  if (principal.assurance === 'none') return [];
  const rows = await store.ofPerson(context.db, principal.subject);
  return Promise.all(rows.map((row) => viewOf(context.db, principal, row)));
}

const pageMax = 50;

/** Whether this principal decides on registrations at all. */
export function decides(context: Context, principal: Principal): boolean {
  const desk = context.reference.current().get(packsPart).home.registration?.desk ?? null;
  return may(principal, 'registration.decide', { kind: 'registration', id: '', parties: {}, desk });
}

/** Registrations for who decides on them: those that wait, the oldest first, or the rest, the latest first. */
export async function registrationList(
  context: Context,
  principal: Principal,
  page: { waiting: boolean; after: string | null },
): Promise<Result<{ items: Partial<RegistrationView>[]; next: string | null }>> {
  if (!decides(context, principal)) return refuse('registration/not-found');
  const rows = await store.list(context.db, { ...page, limit: pageMax + 1 });
  const shown = rows.slice(0, pageMax).filter((row) => may(principal, 'registration.read', applicationRecord(row)));
  const items = await Promise.all(shown.map((row) => viewOf(context.db, principal, row)));
  return ok({ items, next: rows.length > pageMax ? (rows[pageMax - 1]?.id ?? null) : null });
}

/** One paper of a registration with its bytes, for who may read the registration. */
export async function registrationDocument(context: Context, principal: Principal, id: string, document: string) {
  const row = await readable(context.db, principal, id);
  return row.ok ? attachmentOf(context.db, about(id), document) : row;
}

/** What a party's registration says beside its entry in the directory: its other identifiers, where it is found. */
export const registrationOf = (context: Context, identifier: string): Promise<ApplicationRow | undefined> =>
  store.ofParty(context.db, identifier);

/** The papers of a registration, for who was let read it. */
export const papersOf = (context: Context, id: string): Promise<Attachment[]> => attachmentsOf(context.db, about(id));

/** One paper of the registration of one's own business with its bytes. */
export async function businessDocument(context: Context, principal: Principal, document: string) {
  const { party } = principal;
  const mine = party !== null && may(principal, 'affairs.read', affairsOf(party));
  const row = mine ? await store.ofParty(context.db, party) : undefined;
  return row === undefined ? refuse('documents/not-found') : attachmentOf(context.db, about(row.id), document);
}
