import { day as parseDay } from '#kernel/effective.ts';
import { instantOf, msOfInstant } from '#platform/clock.ts';
import { type CodeList, type Field, fields, type MessageKind, type Row, type Speech } from './fields.ts';

/**
 * Declarations of the WCO Data Model as one customs uses it: the short ones for small parcels, the bulk ones and
 * ordinary imports alike. A field is named by its path below the declaration, an attribute behind an @. What stands
 * there and is not in the tables is kept and named: the model has more fields than any one declaration.
 */

type Codes = Readonly<Partial<Record<CodeList, Readonly<Record<string, string>>>>>;

/** The model's codes, with what the window calls each. */
const codes: Codes = {
  representation: { '2': 'direct', '3': 'indirect' },
  nature: { '1': 'sale', '11': 'sale', '2': 'return', '21': 'return', C08: 'gift' },
  scheme: { F48: 'IOSS', F49: 'SA' },
};

/** Whether a declaration brings goods in or out: as its type says, and as the procedure that it asks for does. */
function movementOf(text: string): string | undefined {
  if (/^IM[A-Z]$/.test(text) || /^[4-79]\d$/.test(text)) return 'import';
  return /^EX[A-Z]$/.test(text) || /^[123]\d$/.test(text) ? 'export' : undefined;
}

export const cdsTime = (at: string): string => `${instantOf(msOfInstant(at)).replaceAll(/\D/g, '').slice(0, 14)}Z`;

const speech: Speech = {
  language: 'en',
  instant: (text) => {
    const [, date = '', hour = '', minute = '', second = ''] = /^(\d{8})(\d\d)(\d\d)(\d\d)Z$/.exec(text) ?? [];
    const calendar = parseDay(date.replace(/^(....)(..)(..)$/, '$1-$2-$3'));
    if (calendar === undefined || hour > '23' || minute > '59' || second > '59') return undefined;
    return `${calendar}T${hour}:${minute}:${second}Z`;
  },
  time: cdsTime,
  code: (list, text) => {
    if (list === 'currency') return /^[A-Z]{3}$/.test(text) ? text : undefined;
    if (list === 'country') return /^[A-Z]{2}$/.test(text) ? text : undefined;
    if (list === 'direction') return movementOf(text);
    return Object.hasOwn(codes[list] ?? {}, text) ? codes[list]![text] : undefined;
  },
  coded: (list, ours) =>
    list === 'currency' || list === 'country'
      ? ours
      : Object.entries(codes[list] ?? {}).find(([, known]) => known === ours)?.[0],
};

/** Elements that may stand more than once: each one is a row of its own, and its fields are named below it. */
export interface Group {
  /** Its path below the group that it stands in, or below the declaration. */
  readonly element: string;
  /** The list that each one is a line of; `.` is the line around it, and the empty text the declaration. */
  readonly into: string;
  readonly fields: readonly Field[];
  /** Without this field it is nothing that the window could keep. */
  readonly needs?: string;
  /** It is about the line of goods around it, whose number is given it as `@line`. */
  readonly line?: boolean;
  readonly groups?: readonly Group[];
}

const address = (element: string, home: string): Row[] => [
  [`${element}/Name?`, `${home}/name`, 'words'],
  [`${element}/Address/Line?`, `${home}/address/lines`, 'pieces'],
  [`${element}/Address/CityName?`, `${home}/address/city`],
  [`${element}/Address/PostcodeID?`, `${home}/address/postcode`],
  [`${element}/Address/CountryCode?`, `${home}/address/country`, 'country'],
];

const document = fields(
  ['@line?', '/line', 'line'],
  ['CategoryCode?', '/type', 'joined'],
  ['TypeCode?', '/type', 'joined'],
  ['ID?', '/number'],
  ['LineNumeric?'],
);

const documents = (element: string, into: string, line: boolean): Group => ({
  element,
  into,
  fields: document,
  needs: 'ID',
  line,
});

/** Who owes tax under a scheme; the other roles are of persons that the window does not keep here. */
const fiscal = {
  element: 'DomesticDutyTaxParty',
  into: '',
  fields: fields(
    ['ID?', '/fiscalReference/id', 'text', { when: ['RoleCode', 'FR5'] }],
    ['RoleCode?', '/fiscalReference/role', 'text', { when: ['RoleCode', 'FR5'] }],
  ),
} as const satisfies Group;

/** An amount and its currency, where another field does not go first. */
const amount = (element: string, before?: string): Row[] => {
  const when = before === undefined ? {} : { when: [before, null] as const };
  return [
    [`${element}?`, '/price', 'amount', { currency: `${element}@currencyID`, ...when }],
    [`${element}@currencyID?`, '/price/currency', 'text', when],
  ];
};

const charged = 'Commodity/InvoiceLine/ItemChargeAmount';

const item: Group = {
  element: 'GoodsShipment/GovernmentAgencyGoodsItem',
  into: '/goods',
  fields: fields(
    ['SequenceNumeric?', '/line', 'line'],
    ...amount(charged),
    // The goods are worth their customs value where no invoice is named, as on the short declarations.
    ...amount('CustomsValueAmount', charged),
    ['Commodity/Description?', '/description', 'words'],
    ['Commodity/GoodsMeasure/GrossMassMeasure?', '/grossWeight', 'quantity'],
    ['Commodity/GoodsMeasure/GrossMassMeasure@unitCode?', 'message'],
    ['Commodity/GoodsMeasure/NetNetWeightMeasure?', '/netWeight', 'quantity'],
    ['Commodity/GoodsMeasure/NetNetWeightMeasure@unitCode?', 'message'],
    ['Commodity/GoodsMeasure/TariffQuantity?', '/supplementaryQuantity', 'quantity'],
    ['Commodity/GoodsMeasure/TariffQuantity@unitCode?', '/supplementaryUnit'],
  ),
  groups: [
    {
      element: 'Commodity/Classification',
      into: '.',
      fields: fields(
        ['ID?', '/commodity', 'joined', { when: ['IdentificationTypeCode', 'TSP'] }],
        ['ID?', '/commodity', 'joined', { when: ['IdentificationTypeCode', 'TRC'] }],
        ['IdentificationTypeCode?', 'message'],
      ),
    },
    {
      element: 'Origin',
      into: '.',
      fields: fields(
        ['CountryCode?', '/origin', 'country', { when: ['TypeCode', '1'] }],
        ['CountryCode?', '/origin', 'country', { when: ['TypeCode', null] }],
      ),
    },
    {
      element: 'GovernmentProcedure',
      into: '',
      fields: fields(
        ['CurrentCode?', '/procedure', 'text', { when: ['PreviousCode', '*'] }],
        ['CurrentCode?', '/movement', 'direction', { when: ['PreviousCode', '*'] }],
        ['CurrentCode?', '/scheme', 'scheme', { when: ['PreviousCode', null] }],
        ['CurrentCode?', '/nature', 'nature', { when: ['PreviousCode', null] }],
        ['PreviousCode?', '/previousProcedure'],
      ),
    },
    { element: 'ExportCountry', into: '', fields: fields(['ID?', '/dispatch', 'country']) },
    { element: 'TransactionNatureCode', into: '', fields: fields(['.?', '/nature', 'nature']) },
    fiscal,
    documents('AdditionalDocument', '/documents', true),
    documents('PreviousDocument', '/previousDocuments', true),
  ],
};

/** The groups of a declaration. */
export const groups: readonly Group[] = [
  item,
  documents('AdditionalDocument', '/documents', false),
  documents('GoodsShipment/PreviousDocument', '/previousDocuments', false),
  { ...fiscal, element: 'GoodsShipment/DomesticDutyTaxParty' },
];

const carrier = 'Consignment/Carrier/ID';

const head = {
  node: 'Declaration',
  head: null,
  row: null,
  rows: [],
  rowsAt: '/goods',
  given: {},
  receipt: null,
  speech,
} as const satisfies Partial<MessageKind>;

export const declaration: MessageKind = {
  ...head,
  door: 'declaration',
  fields: fields(
    ['FunctionCode', 'message'],
    ['FunctionalReferenceID', '/id'],
    ['TypeCode', '/movement', 'direction'],
    ['Declarant/ID?', '/declarant'],
    ['Agent/FunctionCode?', '/representation', 'representation'],
    [
      `${carrier}?`,
      '/transports/0/carrier',
      'text',
      { when: ['GoodsShipment/Consignment/TransportContractDocument/ID', '*'] },
    ],
    [
      'GoodsShipment/Consignment/TransportContractDocument/ID?',
      '/transports/0/document',
      'text',
      { when: [carrier, '*'] },
    ],
    ...address('Exporter', '/consignor'),
    ['SupervisingOffice/ID?', '/office'],
    ['GoodsShipment/TransactionNatureCode?', '/nature', 'nature'],
    ['GoodsShipment/Consignment/GoodsLocation/Name?', '/placeOfGoods'],
    [
      'GoodsShipment/CustomsValuation/FreightChargeAmount?',
      '/freight',
      'amount',
      { currency: 'GoodsShipment/CustomsValuation/FreightChargeAmount@currencyID' },
    ],
    ['GoodsShipment/CustomsValuation/FreightChargeAmount@currencyID?', '/freight/currency'],
    ['GoodsShipment/Destination/CountryCode?', '/destination', 'country'],
    ['GoodsShipment/ExportCountry/ID?', '/dispatch', 'country'],
    ['GoodsShipment/Importer/ID?', '/importer'],
    ...address('GoodsShipment/Importer', '/consignee'),
    ['GoodsShipment/Seller/ID?', '/seller'],
  ),
  // An importer that is named and not registered is a private person: the others are named by their number.
  given: { '/nature': 'sale', '?/consignee/private': true },
};

/** A declaration taken back: it names the one that it is about by the number which the window gave it. */
export const cancellation: MessageKind = {
  ...head,
  door: 'cancellation',
  fields: fields(
    ['FunctionCode', 'message'],
    ['FunctionalReferenceID', 'message'],
    ['ID', '/parcel'],
    ['TypeCode', 'message'],
    ['AdditionalInformation/StatementDescription?', '/reason'],
  ),
  given: { '/ground': 'declared-in-error' },
};

/** A change of a declaration, by pointers into it: read and kept. */
export const amendment: MessageKind = {
  ...head,
  door: null,
  fields: fields(['FunctionCode', 'message'], ['FunctionalReferenceID', 'message'], ['ID?'], ['TypeCode', 'message']),
};

/** What customs says of a declaration: kept where its receiver hands it on. */
export const notice: MessageKind = {
  ...head,
  node: 'Response',
  door: null,
  fields: fields(['FunctionCode', 'message'], ['FunctionalReferenceID?', 'message']),
};

/** The kinds under the names by which their messages are listed. */
export const cdsKinds: Readonly<Record<string, MessageKind>> = {
  DEC: declaration,
  'DEC-INV': cancellation,
  'DEC-COR': amendment,
  RES: notice,
};

export const metaUri = 'urn:wco:datamodel:WCO:DocumentMetaData-DMS:2';
export const declarationUri = 'urn:wco:datamodel:WCO:DEC-DMS:2';
export const noticeUri = 'urn:wco:datamodel:WCO:RES-DMS:2';
