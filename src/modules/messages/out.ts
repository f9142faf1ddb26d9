import { parseDecimal } from '#kernel/decimal.ts';
import { ok, refuse, type Result } from '#kernel/result.ts';
import type { Principal } from '#platform/auth.ts';
import type { Context } from '#platform/context.ts';
import { parcelView } from '#modules/clearance/index.ts';
import { partiesPart } from '#modules/parties/index.ts';
import { type Consignment, packsPart } from '#modules/rulebook/index.ts';
import { csvOf } from './csv-write.ts';
import { emit, isEmitted } from './emit.ts';
import { declaredParcel, type Notice, noticesOf, writeNotice } from './notices.ts';

/** What leaves as a message: its bytes and what they are. */
export interface Out {
  readonly type: string;
  readonly text: string;
}

const xml = (text: string): Out => ({ type: 'application/xml; charset=utf-8', text });

/** Whether somebody filed a parcel or stands for who did: others see less than a message says. */
const filed = ({ party, representations }: Principal, filer: string): boolean =>
  party !== null && (party === filer || representations.some(({ represented }) => represented === filer));

/** A parcel in another system's format, for who filed it. */
export async function parcelAs(
  context: Context,
  principal: Principal,
  id: string,
  kind: string,
  rate: string | undefined,
): Promise<Result<Out>> {
  if (kind !== 'CSV' && !isEmitted(kind))
    return refuse('messages/not-written', { pointer: '/kind', params: { in: 'path', kind } });
  const found = await parcelView(context, principal, id);
  if (!found.ok) return found;
  const { body, filer = '', received = context.clock.instant() } = found.value;
  if (!filed(principal, filer)) return refuse('messages/not-filed', { pointer: '/id', params: { in: 'path' } });
  const consignment = body as Consignment;
  if (!isEmitted(kind)) return ok({ type: 'text/csv; charset=utf-8', text: csvOf([consignment]) });
  const { parties } = context.reference.current().get(partiesPart);
  const nameOf = (identifier: string): string | undefined => parties.get(identifier)?.name;
  const value = rate === undefined ? undefined : parseDecimal(rate);
  const outgoing = { id, received, filer, body: consignment, nameOf, ...(value === undefined ? {} : { rate: value }) };
  const written = emit(kind, [outgoing]);
  return written.ok ? ok(xml(written.value)) : written;
}

/** The notices on a declaration that came as a message, oldest first. */
export async function noticeList(
  context: Context,
  principal: Principal,
  id: string,
): Promise<Result<readonly Notice[]>> {
  const parcel = await declaredParcel(context, principal, id);
  return parcel.ok ? ok(noticesOf(parcel.value)) : parcel;
}

/** One notice, in the form of the model. */
export async function noticeText(
  context: Context,
  principal: Principal,
  id: string,
  number: number,
): Promise<Result<string>> {
  const parcel = await declaredParcel(context, principal, id);
  if (!parcel.ok) return parcel;
  const notice = noticesOf(parcel.value).find((one) => one.number === number);
  if (notice === undefined) return refuse('messages/no-notice', { pointer: '/number', params: { in: 'path' } });
  return ok(writeNotice(parcel.value, notice, context.reference.current().get(packsPart).home.country));
}
