import { type Html, html } from '#kernel/html.ts';
import { isUuid, newId } from '#kernel/id.ts';
import { refuse, type Refusal, type Result } from '#kernel/result.ts';
import type { FastifyRequest } from 'fastify';
import { may, type Principal } from '#platform/auth.ts';
import type { Context } from '#platform/context.ts';
import { details, notificationBanner } from '#portal/components.ts';
import { type Field, form, posted, type Values } from '#portal/form.ts';
import type { Voice } from '#modules/rulebook/index.ts';
import type { Tried } from './pages-cancel.ts';
import { returnShown } from './pages-returns.ts';
import { type ReturnBody, returnGrounds } from './returns-model.ts';
import { applyForReturn } from './returns.ts';
import { returnable, returnsIn } from './returns-view.ts';
import type { ParcelView } from './views.ts';

/** Goods that may be sent back of a parcel, with what people call them. */
interface Returnable {
  readonly line: number;
  readonly quantity: string;
  readonly text: string;
}

const fieldsFor = (lines: readonly Returnable[], reference: string): readonly Field[] => [
  { name: 'reference', label: '', type: 'hidden', value: reference },
  ...lines.map(
    ({ line, quantity: many, text }): Field => ({
      name: `quantity.${line}`,
      label: 'clearance.returns.quantity',
      text,
      type: 'decimal',
      width: 5,
      value: many,
    }),
  ),
  {
    name: 'ground',
    label: 'clearance.returns.ground',
    type: 'radios',
    options: returnGrounds.map((value) => ({ value, label: `clearance.returns.ground.${value}` })),
  },
  {
    name: 'reason',
    label: 'clearance.returns.reason',
    hint: 'clearance.cancel.reason-hint',
    type: 'textarea',
    optional: true,
  },
];

/** What may go back of a parcel that this reader sees, when he may send it back; the application judges again. */
async function sendable(context: Context, principal: Principal, parcel: ParcelView): Promise<Returnable[]> {
  const { declaration, orders } = parcel.body ?? {};
  const list = (...parties: (string | null | undefined)[]): string[] =>
    parties.filter((one) => one !== null && one !== undefined);
  const parties = {
    filer: list(parcel.filer),
    declarant: list(declaration?.declarant),
    seller: list(declaration?.seller, ...(orders ?? []).map(({ seller }) => seller)),
    platform: list(...(orders ?? []).map(({ platform }) => platform)),
  };
  if (!may(principal, 'consignment.return', { kind: 'consignment', id: parcel.id, parties, desk: null })) return [];
  const goods = new Map((declaration?.goods ?? []).map((one) => [one.line, one]));
  return (await returnable(context, parcel.id)).map((one) => ({
    ...one,
    text: `${one.line} · ${goods.get(one.line)?.description?.text ?? ''}`,
  }));
}

/** What the page of a parcel has of its returns: those that there are, and the form behind its name. */
export async function returnsPart(
  context: Context,
  principal: Principal,
  voice: Voice,
  timeZone: string,
  parcel: ParcelView,
  { csrf, tried }: { readonly csrf: string; readonly tried: Tried | undefined },
): Promise<{ returned: Html | ''; sending: Html | ''; banner: Html | '' }> {
  const { t } = voice;
  const known = await returnsIn(context, principal, parcel.id);
  const returned =
    known.length === 0
      ? ''
      : html`<h2>${t('clearance.returns.title')}</h2>${known.map((one) => returnShown(voice, timeZone, one, 'h3'))}`;
  const lines = await sendable(context, principal, parcel);
  if (lines.length === 0) {
    const why = tried ? t(tried.refusal.code, tried.refusal.params) : '';
    return { returned, sending: '', banner: why === '' ? '' : notificationBanner(t, { kind: 'hand', heading: why }) };
  }
  const drawn = form(t, {
    action: `/parcels/${parcel.id}/returns`,
    fields: fieldsFor(lines, newId(context.clock.now())),
    submit: t('clearance.returns.submit'),
    csrf,
    prefix: 'return',
    ...tried,
  });
  const says = html`<p class="small">${t('clearance.returns.text')}</p>`;
  const sending = details(t('clearance.returns.send'), html`${says}${drawn}`, tried !== undefined);
  return { returned, sending, banner: '' };
}

const postedReturn = (body: unknown): Values => {
  const names = typeof body === 'object' && body !== null ? Object.keys(body) : [];
  const lines = names.flatMap((name) => /^quantity\.(\d{1,3})$/.exec(name)?.[1] ?? []);
  return posted(
    fieldsFor(
      lines.slice(0, 99).map((line) => ({ line: Number(line), quantity: '', text: '' })),
      '',
    ),
    body,
  );
};

const quantityPattern = /^(0|[1-9][0-9]{0,8})(\.[0-9]{1,6})?$/;

/** What was posted, once it says a ground and quantities: a line left empty or at nought stays. */
function askedFor(values: Values): Result<ReturnBody> {
  const more: { code: string; pointer: string }[] = [];
  const lines: { line: number; quantity: string }[] = [];
  for (const [name, text] of Object.entries(values)) {
    if (!name.startsWith('quantity.') || /^0*(\.0*)?$/.test(text)) continue;
    const line = name.slice('quantity.'.length);
    if (quantityPattern.test(text)) lines.push({ line: Number(line), quantity: text });
    else more.push({ code: 'clearance/returns.quantity-wrong', pointer: `/quantity/${line}` });
  }
  const ground = returnGrounds.find((one) => one === values['ground']);
  if (ground === undefined) more.push({ code: 'clearance/returns.ground-needed', pointer: '/ground' });
  if (lines.length === 0 && more.length === 0)
    more.push({ code: 'clearance/returns.lines-needed', pointer: '/quantity' });
  const { reference = '', reason = '' } = values;
  if (reason.length > 2000) more.push({ code: 'clearance/cancel.reason-long', pointer: '/reason' });
  const [first, ...rest] = more;
  if (first !== undefined)
    return refuse(first.code, { pointer: first.pointer, ...(rest.length > 0 ? { more: rest } : {}) });
  return { ok: true, value: { reference, ground: ground!, lines, ...(reason === '' ? {} : { reason }) } };
}

/** The same refusal, pointing at the field of the form that says the quantity. */
function onForm(refusal: Refusal, asked: ReturnBody): Refusal {
  const index = /^\/lines\/(\d+)/.exec(refusal.pointer ?? '')?.[1];
  const line = index === undefined ? undefined : asked.lines?.[Number(index)]?.line;
  return line === undefined ? refusal : { ...refusal, pointer: `/quantity/${line}` };
}

/** Applies for a return as the form of the parcel's page asks; undefined once it is done. */
export async function sentBack(
  context: Context,
  request: FastifyRequest,
  principal: Principal,
  id: string,
): Promise<Tried | undefined> {
  const values = postedReturn(request.body);
  const asked = context.checkCsrf(request) ? askedFor(values) : refuse('clearance/form-not-ours');
  if (!asked.ok) return { values, refusal: asked.error };
  const done = isUuid(id)
    ? await applyForReturn(context, principal, id, asked.value)
    : refuse('clearance/not-found', { pointer: '/id' });
  return done.ok ? undefined : { values, refusal: onForm(done.error, asked.value) };
}
