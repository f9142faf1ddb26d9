import { formatDecimal, parseDecimal } from '#kernel/decimal.ts';
import { ok, refuse, type Result } from '#kernel/result.ts';
import type { Principal } from '#platform/auth.ts';
import type { Context } from '#platform/context.ts';
import { type Moment, type ParcelView, parcelView } from '#modules/clearance/index.ts';
import type { Amount, Charge } from '#modules/rulebook/index.ts';
import { cdsKinds, cdsTime, metaUri, noticeUri } from './cds-kinds.ts';
import { parcelOf } from './doors.ts';
import { finished } from './service.ts';
import { type Written, writeXml } from '#platform/xml.ts';

/** A notice as it is listed: the model's code for it, what customs calls it, and since when it stands. */
export interface Notice {
  readonly number: number;
  readonly code: string;
  readonly name: string;
  readonly at: string;
}

/** The model's codes for what is said of a declaration. */
const called = {
  '01': 'DMSACC',
  '02': 'DMSRCV',
  '03': 'DMSREJ',
  '05': 'DMSCTL',
  '07': 'DMSRES',
  '08': 'DMSROG',
  '09': 'DMSCLE',
  '10': 'DMSINV',
  '11': 'DMSREQ',
  '13': 'DMSTAX',
  '16': 'DMSEOG',
} as const;
type Code = keyof typeof called;

/** What a decision is told as, besides what is owed. */
const ofOutcome: Readonly<Record<string, readonly Code[]>> = {
  rejected: ['03'],
  'other-route': ['03'],
  'cannot-decide': ['11'],
  control: ['01', '05'],
  denied: ['01', '05'],
  cleared: ['01'],
  released: ['01', '09'],
  'released-changed': ['01', '09'],
  'released-security': ['01', '08'],
};

const ofMoment: Readonly<Record<string, readonly Code[]>> = {
  'clearance.lodged': ['02'],
  'clearance.redetermined': ['07', '13'],
  'clearance.amended': ['07'],
  'clearance.released': ['09'],
  'clearance.cancelled': ['10'],
  'clearance.left': ['16'],
};

const owed = (parcel: ParcelView): readonly Charge[] => parcel.charges ?? [];

function codesOf({ kind, data = {} }: Moment, parcel: ParcelView): readonly Code[] {
  const codes = kind === 'clearance.decided' ? (ofOutcome[String(data['outcome'])] ?? []) : (ofMoment[kind] ?? []);
  if (owed(parcel).length === 0) return codes.filter((one) => one !== '13');
  // What is owed is told with the acceptance, before anything further.
  return kind === 'clearance.decided' && codes[0] === '01' ? ['01', '13', ...codes.slice(1)] : codes;
}

/** The notices of a parcel, oldest first: one for each step of it that the model has a code for. */
export function noticesOf(parcel: ParcelView): readonly Notice[] {
  const steps = (parcel.timeline ?? []).flatMap((moment) =>
    codesOf(moment, parcel).map((code) => ({ code, name: called[code], at: moment.at })),
  );
  return steps.map((one, index) => ({ number: index + 1, ...one }));
}

const element = (name: string, text: string, attributes: Readonly<Record<string, string>> = {}): Written => ({
  name,
  uri: noticeUri,
  text,
  attributes: Object.entries(attributes).map(([key, value]) => ({ name: key, uri: '', value })),
});
const around = (name: string, ...elements: readonly Written[]): Written => ({
  name,
  uri: noticeUri,
  text: '',
  elements,
});
const typesUri = 'urn:wco:datamodel:WCO:Response_DS:DMS:2';
const moment = (name: string, at: string): Written =>
  around(name, { ...element('DateTimeString', cdsTime(at), { formatCode: '304' }), uri: typesUri });
const money = (name: string, { currency, amount }: Amount): Written => element(name, amount, { currencyID: currency });

/** The model's types of duties and taxes, by what the packs call theirs. */
const taxTypes: Readonly<Record<string, string>> = { duty: 'A00', vat: 'B00' };

/** A rate as the model has it, in hundredths; a rate that is none of an amount is left out. */
function percent(rate: string | null): readonly Written[] {
  const value = parseDecimal(rate ?? '');
  return value === undefined
    ? []
    : [element('TaxRateNumeric', formatDecimal({ digits: value.digits * 100n, scale: value.scale }))];
}

function taxed(charge: Charge): Written {
  const type = taxTypes[charge.id];
  return around(
    'DutyTaxFee',
    ...(charge.base === null ? [] : [money('AdValoremTaxBaseAmount', charge.base)]),
    ...percent(charge.rate),
    ...(type === undefined ? [] : [element('TypeCode', type)]),
    around('Payment', money('TaxAssessedAmount', charge.amount), money('PaymentAmount', charge.amount)),
  );
}

/** What is owed: of one line of goods below that line, of several as a sum of the declaration. */
function taxes(parcel: ParcelView): readonly Written[] {
  const charges = owed(parcel);
  const several = charges.filter(({ lines }) => lines.length !== 1);
  const byLine = Map.groupBy(
    charges.filter(({ lines }) => lines.length === 1),
    ({ lines }) => lines[0]!,
  );
  const items = [...byLine].map(([line, ofLine]) =>
    around(
      'GovernmentAgencyGoodsItem',
      element('SequenceNumeric', String(line)),
      around('Commodity', ...ofLine.map(taxed)),
    ),
  );
  return [
    ...several.map(({ amount }) => around('DutyTaxFee', around('Payment', money('TaxAssessedAmount', amount)))),
    ...(items.length === 0 ? [] : [around('GoodsShipment', ...items)]),
  ];
}

const codeMax = 8;
const textMax = 512;

/** Why a declaration was turned down or cannot be decided: each failed check, and each fact that is missing. */
function reasons(parcel: ParcelView): readonly Written[] {
  const failed = (parcel.checks ?? []).filter(({ result }) => result === 'failed');
  const said = [
    ...failed.map(({ reason, id }) => reason ?? id),
    ...(parcel.missing ?? []).map((fact) => `missing: ${fact}`),
  ];
  return said.map((text, index) =>
    around(
      'Error',
      element('Description', text.slice(0, textMax)),
      element('ValidationCode', `P${index + 1}`.slice(0, codeMax)),
    ),
  );
}

/** The dates that a declaration has in a notice: the schema lets each stand at a place of its own. */
function declared(parcel: ParcelView, { code, at }: Notice): readonly Written[] {
  const number = parcel.declaration ?? '';
  return [
    ...(code === '01' ? [moment('AcceptanceDateTime', at)] : []),
    ...(code === '10' ? [moment('CancellationDateTime', at)] : []),
    ...(number === '' || number.length > 35 ? [] : [element('FunctionalReferenceID', number)]),
    element('ID', parcel.id),
    ...(code === '03' ? [moment('RejectionDateTime', at)] : []),
    element('VersionID', String(parcel.version ?? 1)),
    ...(code === '13' ? taxes(parcel) : []),
  ];
}

/** Writes one notice in the form of the model, valid by its schema. */
export function writeNotice(parcel: ParcelView, notice: Notice, country: string | null): string {
  const meta = (name: string, text: string): Written => ({ name, uri: metaUri, text });
  const response = around(
    'Response',
    element('FunctionCode', notice.code),
    element('FunctionalReferenceID', `${parcel.id.replaceAll('-', '')}.${notice.number}`.slice(0, 35)),
    moment('IssueDateTime', notice.at),
    ...(notice.code === '03' || notice.code === '11' ? reasons(parcel) : []),
    around('Declaration', ...declared(parcel, notice)),
  );
  return writeXml({
    name: 'MetaData',
    uri: metaUri,
    text: '',
    elements: [
      meta('WCODataModelVersionCode', '3.6'),
      meta('WCOTypeName', 'RES'),
      ...(country === null ? [] : [meta('ResponsibleCountryCode', country)]),
      response,
    ],
  });
}

/** The parcel that a declaration of the model became, as far as its sender may see it. */
export async function declaredParcel(context: Context, principal: Principal, id: string): Promise<Result<ParcelView>> {
  const found = await finished(context, principal, id);
  if (!found.ok) return found;
  const { row, nodes } = found.value;
  const [node] = nodes;
  if (!Object.hasOwn(cdsKinds, row.kind)) return refuse('messages/no-notices', { params: { kind: row.kind } });
  const parcel = node?.slip === undefined ? node?.cancelled : await parcelOf(context, principal, node.slip.number);
  return parcel === undefined ? ok({ id }) : parcelView(context, principal, parcel);
}
