import { ok, refuse, type Result } from '#kernel/result.ts';
import type { Principal } from '#platform/auth.ts';
import { instantOf, msOfInstant } from '#platform/clock.ts';
import type { Context } from '#platform/context.ts';
import { type ParcelView, parcelView, type Status } from '#modules/clearance/index.ts';
import { slipView } from '#modules/slips/index.ts';
import { type CebKind, cebUri } from './ceb-fields.ts';
import { cebKinds } from './ceb-kinds.ts';
import type { NodeOutcome } from './model.ts';
import { forReceipts } from './service.ts';
import { type Written, writeXml } from '#platform/xml.ts';

/** What a receipt says of a node: the standard's code, since when, and our own code for it. */
interface Said {
  readonly status: string;
  readonly at: string;
  readonly info: string;
  /** What the window knows it by. */
  readonly id: string | null;
}

/** The standard's codes: 1 stored, 100 sent back, 120 accepted, 300 by hand, 399 review done, 500 inspection … */
const statusCodes: Readonly<Record<Exclude<Status, 'lodged'>, string>> = {
  waiting: '120',
  cleared: '399',
  control: '500',
  released: '800',
  left: '899',
  returned: '899',
  cancelled: '100',
  denied: '599',
  abandoned: '599',
  unclaimed: '599',
  'over-landed': '599',
};

function ofParcel(id: string, { status, since, outcome }: Partial<ParcelView>, received: string): Said {
  const lodged = outcome === 'cannot-decide' ? '300' : '100';
  const code = status === undefined ? '120' : status === 'lodged' ? lodged : statusCodes[status];
  return { status: code, at: since ?? received, info: `${status ?? 'waiting'} ${outcome ?? ''}`.trim(), id };
}

/** What a node's receipt says now: of a checklist where its parcel stands, of the others that they were taken. */
async function saidOf(context: Context, principal: Principal, one: NodeOutcome, received: string): Promise<Said> {
  const { slip, cancelled, refusal } = one;
  const at = received;
  if (refusal !== undefined)
    return { status: '-1', at, info: `${refusal.code} ${refusal.pointer ?? ''}`.trim(), id: null };
  if (one.state === 'kept') return { status: '1', at, info: 'kept', id: null };
  if (cancelled !== undefined) return { status: '399', at, info: 'cancelled', id: cancelled };
  if (slip?.slip !== 'declaration') return { status: '120', at, info: 'received', id: slip?.id ?? null };
  const standing = await slipView(context, principal, { kind: 'declaration', ...slip });
  const parcel = standing.ok ? standing.value.parcel : null;
  const found = parcel ? await parcelView(context, principal, parcel) : undefined;
  return found?.ok === true ? ofParcel(parcel!, found.value, at) : { status: '120', at, info: 'received', id: slip.id };
}

/** `20180507153001001`, in the zone of these messages. */
const zoneMs = 8 * 3_600_000;
const stamp = (instant: string): string => instantOf(msOfInstant(instant) + zoneMs).replaceAll(/\D/g, '');

/** The window's number in the eighteen characters that the standard has for one: the end of its id. */
const number = (id: string | null): string => (id ?? '').replaceAll('-', '').slice(-18).toUpperCase().padStart(18, '0');

function written(kind: CebKind, one: NodeOutcome, said: Said): Written {
  const numbers: Readonly<Record<string, string>> = { preNo: number(said.id), invtNo: number(said.id), copNo: '-' };
  const element = (name: string, text: string): Written => ({ name, uri: cebUri, text });
  const repeated = kind.receipt.repeats.flatMap((name) => {
    const text = one.repeats[name] ?? numbers[name];
    return text === undefined ? [] : [element(name, text)];
  });
  return {
    name: kind.receipt.node,
    uri: cebUri,
    text: '',
    elements: [
      element('guid', one.guid ?? ''),
      ...repeated,
      element('returnStatus', said.status),
      element('returnTime', stamp(said.at)),
      element('returnInfo', said.info),
    ],
  };
}

/** The receipts of a message as they stand now, in the standard's own form: one for each node, in their order. */
export async function receiptsOf(context: Context, principal: Principal, id: string): Promise<Result<string>> {
  const found = await forReceipts(context, principal, id);
  if (!found.ok) return found;
  const { row, nodes } = found.value;
  const kind = Object.hasOwn(cebKinds, row.kind) ? cebKinds[row.kind]! : undefined;
  if (kind === undefined) return refuse('messages/no-receipts', { params: { kind: row.kind } });
  const elements: Written[] = [];
  for (const one of nodes) elements.push(written(kind, one, await saidOf(context, principal, one, row.received)));
  const attributes = [
    { name: 'guid', uri: '', value: row.id.toUpperCase() },
    { name: 'version', uri: '', value: '1.0' },
  ];
  return ok(writeXml({ name: kind.receipt.kind, uri: cebUri, text: '', attributes, elements }));
}
