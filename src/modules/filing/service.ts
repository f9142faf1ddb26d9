import { hash } from 'node:crypto';
import { isUuid, newId } from '#kernel/id.ts';
import { ok, refuse, type Result } from '#kernel/result.ts';
import { may, type Principal, view } from '#platform/auth.ts';
import { instantOf } from '#platform/clock.ts';
import type { Context } from '#platform/context.ts';
import type { Upload } from '#platform/uploads.ts';
import type { Values } from '#portal/form.ts';
import { words } from '#portal/text.ts';
import { attach, type Attachment, attachmentOf, attachmentsOf } from '#modules/documents/index.ts';
import { lodge } from '#modules/clearance/index.ts';
import { packsPart } from '#modules/rulebook/index.ts';
import { onFields, type Told } from './body.ts';
import { linesOf, questionsOf, settingOf } from './fields.ts';
import { parcelOf } from './look.ts';
import { answersMax, type Draft, draftRecord, type FilingBody, keptDays, numberOf, type Template } from './model.ts';
import * as store from './store.ts';

/** How many of each one page lists. */
const listMax = 50;
const dayMs = 86_400_000;
/** What is different each time: a template leaves it out. */
const oneTime = /^(orders\.0\.number|payments\.0\.reference|transports\.0\.(document|pieces))$/;

/** The party under whose key this principal files; refused where he files for none. */
export function filerOf(principal: Principal): Result<string> {
  const { party } = principal;
  if (party !== null && may(principal, 'draft.keep', draftRecord('', party))) return ok(party);
  return refuse('filing/not-yours');
}

const ofGoods = /^declaration\.goods\.(\d+)\.(.+)$/;

/**
 * Answers as they are kept: no more and no longer than a form holds, nothing that is empty, and the goods without gaps.
 * Goods that were neither named nor priced were never filled in, whatever stands in their other fields from the start.
 */
export function kept(values: Values): Values {
  const some = Object.entries(values).filter(([, text]) => text.trim() !== '');
  const lines = new Set(
    some.flatMap(([name]) => {
      const [, line = '', field = ''] = ofGoods.exec(name) ?? [];
      return /^(description|price)\./.test(field) ? [Number(line)] : [];
    }),
  );
  // The first goods are asked of every parcel.
  lines.add(0);
  const place = new Map([...lines].sort((a, b) => a - b).map((line, index) => [line, index]));
  const named = some.flatMap(([name, text]): [string, string][] => {
    const [, line, field] = ofGoods.exec(name) ?? [];
    if (line === undefined) return [[name, text]];
    const now = place.get(Number(line));
    return now === undefined ? [] : [[`declaration.goods.${now}.${field}`, text]];
  });
  return Object.fromEntries(
    named.slice(0, answersMax.fields).map(([name, text]) => [name, text.slice(0, answersMax.length)]),
  );
}

/** A new draft with these answers, under an id of its own. */
export async function begin(context: Context, principal: Principal, values: Values = {}): Promise<Result<string>> {
  const id = newId(context.clock.now());
  const put = await keep(context, principal, id, values);
  return put.ok ? ok(id) : put;
}

/** Puts down what has been written so far. */
export async function keep(
  context: Context,
  principal: Principal,
  id: string,
  values: Values,
  parcel: string | null = null,
): Promise<Result<null>> {
  const filer = filerOf(principal);
  if (!filer.ok) return filer;
  const now = context.clock.now();
  const row: Draft = {
    id,
    filer: filer.value,
    by: principal.subject,
    changed: instantOf(now),
    expires: instantOf(now + keptDays * dayMs),
    values: kept(values),
    parcel,
  };
  if (await store.putDraft(context.db, row)) return ok(null);
  const there = await store.draftOf(context.db, id);
  return refuse(there?.filer === filer.value ? 'filing/filed-already' : 'filing/not-found');
}

/** A draft of one's own party. */
export async function draft(context: Context, principal: Principal, id: string): Promise<Result<Draft>> {
  const found = isUuid(id) ? await store.draftOf(context.db, id) : undefined;
  // Whoever acts for somebody files under a key of his own, and what another one writes is none of his affair.
  if (found === undefined || found.filer !== principal.party) return refuse('filing/not-found');
  if (!may(principal, 'draft.keep', draftRecord(id, found.filer))) return refuse('filing/not-found');
  const shown = view(principal, { ...draftRecord(id, found.filer), data: found });
  return ok({ ...found, values: shown.values ?? {} });
}

/** What one's party is writing, and the templates that it keeps. */
export async function drafts(
  context: Context,
  principal: Principal,
): Promise<Result<{ drafts: Draft[]; templates: Template[] }>> {
  const filer = filerOf(principal);
  if (!filer.ok) return filer;
  const [written, templates] = await Promise.all([
    store.draftsOf(context.db, filer.value, listMax),
    store.templatesOf(context.db, filer.value, listMax),
  ]);
  return ok({ drafts: written, templates });
}

export async function discard(context: Context, principal: Principal, id: string): Promise<Result<null>> {
  const filer = filerOf(principal);
  if (!filer.ok) return filer;
  if (isUuid(id)) await store.dropDraft(context.db, filer.value, id);
  return ok(null);
}

/** Keeps what is written as a template: everything but what is another one each time. */
export async function keepTemplate(
  context: Context,
  principal: Principal,
  name: string,
  values: Values,
): Promise<Result<null>> {
  const filer = filerOf(principal);
  if (!filer.ok) return filer;
  if (name === '' || name.length > 60) return refuse('filing/name-needed', { pointer: '/template' });
  const same = Object.fromEntries(Object.entries(kept(values)).filter(([field]) => !oneTime.test(field)));
  const now = context.clock.now();
  await store.putTemplate(context.db, {
    id: newId(now),
    filer: filer.value,
    name,
    changed: instantOf(now),
    values: same,
  });
  return ok(null);
}

/** Begins a filing from a template. */
export async function beginFrom(context: Context, principal: Principal, template: string): Promise<Result<string>> {
  const filer = filerOf(principal);
  if (!filer.ok) return filer;
  const found = isUuid(template) ? await store.templateOf(context.db, filer.value, template) : undefined;
  return found === undefined ? refuse('filing/not-found') : begin(context, principal, found.values);
}

export async function discardTemplate(context: Context, principal: Principal, id: string): Promise<Result<null>> {
  const filer = filerOf(principal);
  if (!filer.ok) return filer;
  if (isUuid(id)) await store.dropTemplate(context.db, filer.value, id);
  return ok(null);
}

/** What a filing became: the parcel, by the answer of the door of parcels. */
export interface Filed {
  readonly id: string;
  readonly parcel: string;
  readonly status: string;
  readonly declaration: string;
}

/** How the answers of a filing are read. */
export const toldOf = (
  context: Context,
  filer: string,
  { id, language }: Pick<FilingBody, 'id' | 'language'>,
): Told => ({
  number: numberOf(id),
  filer,
  language,
  pack: context.reference.current().get(packsPart).home,
});

/**
 * Files what was written, by the one door of parcels. What is lacking or cannot be read is refused at its field before
 * anything is filed; the same filing again, from whichever device, is the same parcel and gets the same answer.
 */
export async function send(context: Context, principal: Principal, given: FilingBody): Promise<Result<Filed>> {
  const filer = filerOf(principal);
  if (!filer.ok) return filer;
  if (given.party !== undefined && given.party !== filer.value) return refuse('filing/other-party');
  const there = await store.draftOf(context.db, given.id);
  if (there !== undefined && there.filer !== filer.value) return refuse('filing/not-found');
  const values = kept(given.values);
  const told = toldOf(context, filer.value, given);
  const setting = settingOf(context.reference.current(), principal);
  const questions = questionsOf(words('en'), setting, linesOf(values));
  const parcel = parcelOf(context, values, told, questions);
  if (!parcel.ok) return parcel;
  const { body, raw } = parcel.value;
  const lodged = await lodge(context, principal, body, raw);
  if (!lodged.ok) return { ok: false, error: onFields(values, lodged.error) };
  const answer = JSON.parse(lodged.value) as { id: string; status?: string; declaration?: string };
  if (there?.parcel !== answer.id) {
    await keep(context, principal, given.id, values, answer.id);
    await passPapersOn(context, principal, given.id, answer.id);
  }
  return ok({
    id: given.id,
    parcel: answer.id,
    status: answer.status ?? '',
    declaration: answer.declaration ?? body.declaration.id,
  });
}

const about = (id: string) => ({ kind: 'draft', id }) as const;

/** What was photographed for a filing belongs to its parcel from then on. */
async function passPapersOn(context: Context, principal: Principal, draftId: string, parcel: string): Promise<void> {
  await context.db.tx(async (tx) => {
    const target = { kind: 'consignment', id: parcel };
    const there = new Set((await attachmentsOf(tx, target)).map(({ sha256 }) => sha256));
    for (const one of await attachmentsOf(tx, about(draftId))) {
      if (there.has(one.sha256)) continue;
      const whole = await attachmentOf(tx, about(draftId), one.id);
      if (whole.ok) await attach(context, tx, { ...whole.value, by: principal.subject, about: target });
    }
  });
}

/** The papers of a filing, for its own party. */
export const papersOf = (context: Context, id: string): Promise<Attachment[]> => attachmentsOf(context.db, about(id));

/** One paper of a filing with its bytes; the caller has read the filing itself. */
export const paperOf = (context: Context, id: string, paper: string) => attachmentOf(context.db, about(id), paper);

/** How many papers one filing has at most. */
const papersMax = 8;

/**
 * Attaches photographs to a filing, and to its parcel where it was filed already. The same photograph again is the
 * same, so that a device may send it until it is answered.
 */
export async function addPapers(
  context: Context,
  principal: Principal,
  id: string,
  files: readonly Upload[],
): Promise<Result<null>> {
  const found = await draft(context, principal, id);
  if (!found.ok) return found;
  const { parcel } = found.value;
  const targets = [about(id), ...(parcel === null ? [] : [{ kind: 'consignment', id: parcel }])];
  return context.db.tx(async (tx) => {
    for (const target of targets) {
      const there = await attachmentsOf(tx, target);
      if (there.length + files.length > papersMax)
        return refuse('filing/too-many', { pointer: '/photo', params: { most: String(papersMax) } });
      for (const { name, bytes, tooLarge } of files) {
        if (there.some(({ sha256 }) => sha256 === hash('sha256', bytes, 'hex'))) continue;
        const attached = await attach(context, tx, { name, bytes, tooLarge, by: principal.subject, about: target });
        if (!attached.ok) return refuse(attached.error.code, { pointer: '/photo' });
      }
    }
    return ok(null);
  });
}
