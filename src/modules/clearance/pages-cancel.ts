import { type Html, html } from '#kernel/html.ts';
import { refuse, type Refusal, type Result } from '#kernel/result.ts';
import { may, type Principal } from '#platform/auth.ts';
import { details, notificationBanner } from '#portal/components.ts';
import { type Field, form, posted, type Values } from '#portal/form.ts';
import type { Words } from '#portal/text.ts';
import { type CancellationBody, grounds } from './cancel-model.ts';
import type { ParcelView } from './views.ts';

/** The form that came back, with what is wrong in it. */
export interface Tried {
  readonly values: Values;
  readonly refusal: Refusal;
}

const fields: readonly Field[] = [
  {
    name: 'ground',
    label: 'clearance.cancel.ground',
    type: 'radios',
    options: grounds.map((value) => ({ value, label: `clearance.cancel.ground.${value}` })),
  },
  { name: 'reason', label: 'clearance.cancel.reason', hint: 'clearance.cancel.reason-hint', type: 'textarea' },
];

/** Whether this reader may take the declaration back now, as far as a page can tell; the cancellation judges again. */
function cancellable(principal: Principal, { id, status, filer, body }: ParcelView): boolean {
  const list = (party: string | undefined): string[] => (party === undefined ? [] : [party]);
  const parties = { filer: list(filer), declarant: list(body?.declaration?.declarant) };
  const stands = status === 'cleared' || status === 'waiting';
  return stands && may(principal, 'consignment.cancel', { kind: 'consignment', id, parties, desk: null });
}

/**
 * What the page of a parcel has of it: the form behind its name, open when it came back with errors. Where the parcel
 * stands otherwise by now there is no form, and a banner says why it was refused.
 */
export function cancelPart(
  t: Words,
  principal: Principal,
  parcel: ParcelView,
  csrf: string,
  tried: Tried | undefined,
): { taking: Html | ''; banner: Html | '' } {
  if (!cancellable(principal, parcel)) {
    const why = tried ? t(tried.refusal.code, tried.refusal.params) : '';
    return { taking: '', banner: why === '' ? '' : notificationBanner(t, { kind: 'hand', heading: why }) };
  }
  const action = `/parcels/${parcel.id}/cancellation`;
  const submit = t('clearance.cancel.submit');
  const drawn = form(t, { action, fields, submit, csrf, kind: 'hand', prefix: 'cancel', ...tried });
  const says = html`<p class="small">${t('clearance.cancel.text')}</p>`;
  return { taking: details(t('clearance.cancel.title'), html`${says}${drawn}`, tried !== undefined), banner: '' };
}

/** What the form said. */
export const postedCancellation = (body: unknown): Values => posted(fields, body);

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
