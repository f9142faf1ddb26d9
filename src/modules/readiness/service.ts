import { randomBytes } from 'node:crypto';
import { dayIn } from '#kernel/effective.ts';
import { newId } from '#kernel/id.ts';
import { ok, refuse, type Result } from '#kernel/result.ts';
import { asConsignee, type Principal } from '#platform/auth.ts';
import type { Context } from '#platform/context.ts';
import type { Tx } from '#platform/db.ts';
import type { Upload } from '#platform/uploads.ts';
import { act, addEvidence, type CaseRow, casesOf, open, timelineOf } from '#modules/cases/index.ts';
import { clock } from '#modules/clearance/index.ts';
import { attach } from '#modules/documents/index.ts';
import { atOneTime, hashOf, tooOften } from '#modules/enquiries/index.ts';
import { packsPart } from '#modules/rulebook/index.ts';
import { fraudReport, type ReportBody, type ReportView } from './model.ts';
import * as store from './store.ts';

const letters = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** A number that nobody guesses and that can be read out on a telephone: sixty bits in letters that are told apart. */
function newNumber(): string {
  const signs = [...randomBytes(12)].map((byte) => letters[byte % letters.length]!).join('');
  return `${signs.slice(0, 4)}-${signs.slice(4, 8)}-${signs.slice(8)}`;
}

const plainNumber = (number: string): string => number.toUpperCase().replace(/[^0-9A-Z]/g, '');

/** Whoever reported: he stands at the far end of his own report, and nothing else. */
const reporter = (context: Context, report: string): Principal => {
  const { home } = context.reference.current().get(packsPart);
  return { ...asConsignee(report, dayIn(context.clock.instant(), home.timeZone)), subject: 'reporter' };
};

/** The desk that looks into fraud: the authority that the pack names as watching the market, else its first desk. */
function fraudDesk(context: Context): string | null {
  const { home } = context.reference.current().get(packsPart);
  const watching = home.authorities.find(({ id, kind }) => kind === 'market-regulation' && home.desks.includes(id));
  return watching?.id ?? home.desks[0] ?? null;
}

/** How many reports, and how many looks at one, an address may have in an hour. */
const most = { reports: 10, looks: 60 } as const;

/** Thrown so that a report of which a file is refused leaves nothing behind. */
class Undone extends Error {
  readonly answer: Result<never>;
  constructor(answer: Result<never>) {
    super('refused');
    this.answer = answer;
  }
}

async function write(
  context: Context,
  tx: Tx,
  { kind, ...body }: ReportBody,
  files: readonly Upload[],
): Promise<string> {
  const { home } = context.reference.current().get(packsPart);
  const at = context.clock.instant();
  const [id, report] = [newId(context.clock.now()), newId(context.clock.now())];
  const own = { procedure: fraudReport.name, hours: 240 };
  const set = clock(home, dayIn(at, home.timeZone), 'fraud-report', 'look', own);
  const facts = { ground: `readiness/fraud-${kind}`, kind, ...set };
  await open(tx, { procedure: fraudReport.name, actor: 'reporter', at }, [
    { id, subject: report, desk: fraudDesk(context), facts },
  ]);
  const who = reporter(context, report);
  for (const [said, note] of [
    ['report', body.text],
    ['where', body.where],
    ['contact', body.contact],
  ] as const)
    if (note !== undefined) await addEvidence(context, tx, who, { case: id, kind: said, note });
  for (const { name, bytes, tooLarge } of files) {
    const kept = await attach(context, tx, { name, bytes, tooLarge, by: who.subject, about: { kind: 'case', id } });
    if (!kept.ok) throw new Undone({ ok: false, error: { ...kept.error, pointer: '/file' } });
  }
  return report;
}

/** Takes a report of fraud from anybody, and gives the number by which he learns what becomes of it. */
export async function reportFraud(
  context: Context,
  body: ReportBody,
  from: { readonly address: string; readonly files?: readonly Upload[] },
): Promise<Result<{ number: string }>> {
  if (body.text.trim() === '') return refuse('readiness/nothing-said', { pointer: '/text' });
  if (await tooOften(context, { [`fraud report ${from.address}`]: most.reports })) return refuse('readiness/too-many');
  const number = newNumber();
  try {
    await context.db.tx(async (tx) => {
      const report = await write(context, tx, body, from.files ?? []);
      await store.add(tx, hashOf(plainNumber(number)), report, context.clock.instant());
    });
    return ok({ number });
  } catch (error) {
    if (error instanceof Undone) return error.answer;
    throw error;
  }
}

async function caseOfNumber(context: Context, number: string, address: string): Promise<Result<CaseRow>> {
  return atOneTime(async () => {
    if (await tooOften(context, { [`fraud look ${address}`]: most.looks })) return refuse('readiness/too-many');
    const report = await store.reportOf(context.db, hashOf(plainNumber(number)));
    const [one] = report === undefined ? [] : await casesOf(context.db, [report]);
    return one === undefined ? refuse('readiness/report-unknown', { pointer: '/number' }) : ok(one);
  });
}

async function viewOf(context: Context, one: CaseRow): Promise<ReportView> {
  const { moves } = await timelineOf(context.db, one.id);
  return {
    state: one.state,
    open: one.closed === null,
    received: one.opened,
    desk: one.desk,
    kind: String(one.facts['kind'] ?? 'other'),
    due: one.closed === null ? one.due : null,
    said: moves
      .filter(({ move }) => move !== 'claim' && move !== 'hand-over')
      .map(({ move, actor, at, note, ground, reason, remedy }) => ({
        move,
        by: actor === 'reporter' ? 'you' : 'desk',
        at,
        note,
        reasons: ground && reason && remedy ? { ground, reason, remedy } : null,
      })),
  };
}

/** How a report stands, for whoever has its number. */
export async function reportState(context: Context, number: string, address: string): Promise<Result<ReportView>> {
  const one = await caseOfNumber(context, number, address);
  return one.ok ? ok(await viewOf(context, one.value)) : one;
}

/** Adds something to a report, or answers what the desk asked about it. */
export async function addToReport(
  context: Context,
  number: string,
  text: string,
  address: string,
): Promise<Result<ReportView>> {
  if (text.trim() === '') return refuse('readiness/nothing-said', { pointer: '/text' });
  const found = await caseOfNumber(context, number, address);
  if (!found.ok) return found;
  const { id, stamp, state, subject, closed } = found.value;
  if (closed !== null) return refuse('readiness/report-closed');
  const who = reporter(context, subject);
  const done = await context.db.tx((tx) =>
    state === 'awaiting-answer'
      ? act(context, tx, who, { case: id, stamp, move: 'answer', note: text })
      : addEvidence(context, tx, who, { case: id, kind: 'report', note: text }),
  );
  return done.ok ? ok(await viewOf(context, done.value)) : done;
}
