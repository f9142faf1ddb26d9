import { type Html, html } from '#kernel/html.ts';
import { day as parseDay } from '#kernel/effective.ts';
import { refuse, type Refusal, type Result } from '#kernel/result.ts';
import { may, type Principal } from '#platform/auth.ts';
import { details, notificationBanner } from '#portal/components.ts';
import { type Field, form, posted, type Values } from '#portal/form.ts';
import type { Words } from '#portal/text.ts';
import type { Pack } from '#modules/rulebook/index.ts';
import { type CancellationBody, type Ground, grounds } from './cancel-model.ts';
import { lastDayOf } from './conditions.ts';
import { isReleased } from './model.ts';
import type { ParcelView } from './views.ts';

/** The form that came back, with what is wrong in it. */
export interface Tried {
  readonly values: Values;
  readonly refusal: Refusal;
}

const fieldsFor = (among: readonly Ground[]): readonly Field[] => [
  {
    name: 'ground',
    label: 'clearance.cancel.ground',
    type: 'radios',
    options: among.map((value) => ({ value, label: `clearance.cancel.ground.${value}` })),
  },
  { name: 'reason', label: 'clearance.cancel.reason', hint: 'clearance.cancel.reason-hint', type: 'textarea' },
];

/**
 * The grounds on which this reader may take the declaration back now, as far as a page can tell; the cancellation
 * judges again. After release they are the law's.
 */
function groundsFor(principal: Principal, home: Pack, { id, status, filer, body, day }: ParcelView): readonly Ground[] {
  const list = (party: string | undefined): string[] => (party === undefined ? [] : [party]);
  const parties = { filer: list(filer), declarant: list(body?.declaration?.declarant) };
  if (status === undefined || !may(principal, 'consignment.cancel', { kind: 'consignment', id, parties, desk: null }))
    return [];
  if (status === 'cleared' || status === 'waiting') return grounds.filter((one) => one !== 'not-delivered');
  const accepted = parseDay(day ?? '');
  if (!isReleased(status) || accepted === undefined) return [];
  return grounds.filter((one) => lastDayOf(home, accepted, `cancellation-days.${one}`) !== undefined);
}

/**
 * What the page of a parcel has of it: the form behind its name, open when it came back with errors. Where the parcel
 * stands otherwise by now there is no form, and a banner says why it was refused.
 */
export function cancelPart(
  t: Words,
  principal: Principal,
  home: Pack,
  parcel: ParcelView,
  csrf: string,
  tried: Tried | undefined,
): { taking: Html | ''; banner: Html | '' } {
  const among = groundsFor(principal, home, parcel);
  if (among.length === 0) {
    const why = tried ? t(tried.refusal.code, tried.refusal.params) : '';
    return { taking: '', banner: why === '' ? '' : notificationBanner(t, { kind: 'hand', heading: why }) };
  }
  const action = `/parcels/${parcel.id}/cancellation`;
  const submit = t('clearance.cancel.submit');
  const fields = fieldsFor(among);
  const drawn = form(t, { action, fields, submit, csrf, kind: 'hand', prefix: 'cancel', ...tried });
  const says = html`<p class="small">${t(parcel.status !== undefined && isReleased(parcel.status) ? 'clearance.cancel.text-released' : 'clearance.cancel.text')}</p>`;
  return { taking: details(t('clearance.cancel.title'), html`${says}${drawn}`, tried !== undefined), banner: '' };
}

/** What the form said. */
export const postedCancellation = (body: unknown): Values => posted(fieldsFor(grounds), body);

/** What was posted, once it says a ground and a reason. */
export function askedFor({ ground: given, reason = '' }: Values): Result<CancellationBody> {
  const ground = grounds.find((one) => one === given);
  if (ground === undefined) {
    const more = reason === '' ? { more: [{ code: 'clearance/cancel.reason-needed', pointer: '/reason' }] } : {};
    return refuse('clearance/cancel.ground-needed', { pointer: '/ground', ...more });
  }
  if (reason === '') return refuse('clearance/cancel.reason-needed', { pointer: '/reason' });
  if (reason.length > 2000) return refuse('clearance/cancel.reason-long', { pointer: '/reason' });
  return { ok: true, value: { ground, reason } };
}
