import { fields, type MessageKind, type Speech } from './fields.ts';

/**
 * Parcels as a table: one row for each line of goods, the columns of the parcel repeated on each of its rows or left
 * empty after the first. Columns may stand in any order, and those that a sender does not need may be missing.
 */

const codes: Readonly<Record<string, readonly string[]>> = {
  movement: ['import', 'export', 'transit'],
  mode: ['sea', 'rail', 'road', 'air', 'post'],
  nature: ['sale', 'gift', 'sample', 'return', 'personal'],
  representation: ['self', 'direct', 'indirect'],
};

const speech: Speech = {
  language: 'und',
  instant: (text) => text,
  time: (at) => at,
  code: (list, text) => {
    if (list === 'currency') return /^[A-Z]{3}$/.test(text) ? text : undefined;
    if (list === 'country') return /^[A-Z]{2}$/.test(text) ? text : undefined;
    if (list === 'unit') return text;
    if (list === 'yes-or-no') return text === 'yes' || text === 'no' ? text : undefined;
    return codes[list]?.includes(text) ? text : undefined;
  },
  coded: (_list, ours) => ours,
};

const d = '/declaration';
const with0 = { currency: 'currency' } as const;

export const table: MessageKind = {
  node: 'parcel',
  head: null,
  row: 'line',
  rowsAt: `${d}/goods`,
  door: 'parcel',
  fields: fields(
    ['declaration', `${d}/id`],
    ['movement', `${d}/movement`, 'movement'],
    ['nature', `${d}/nature`, 'text'],
    ['procedure?', `${d}/procedure`],
    ['scheme?', `${d}/scheme`],
    ['office?', `${d}/office`],
    ['place-of-goods?', `${d}/placeOfGoods`],
    ['declarant', `${d}/declarant`],
    ['representation?', `${d}/representation`, 'representation'],
    ['importer?', `${d}/importer`],
    ['seller?', `${d}/seller`],
    ['guarantor?', `${d}/guarantor`],
    ['dispatch?', `${d}/dispatch`, 'country'],
    ['destination?', `${d}/destination`, 'country'],
    ['consignee?', `${d}/consignee/name/text`],
    ['consignee-language?', `${d}/consignee/name/language`],
    ['consignee-id-type?', `${d}/consignee/identity/type`],
    ['consignee-id?', `${d}/consignee/identity/number`],
    ['consignee-address?', `${d}/consignee/address/lines`, 'pieces'],
    ['consignee-city?', `${d}/consignee/address/city`],
    ['consignee-postcode?', `${d}/consignee/address/postcode`],
    ['consignee-country?', `${d}/consignee/address/country`, 'country'],
    ['consignee-private?', `${d}/consignee/private`, 'yes-or-no'],
    ['platform?', '/orders/0/platform'],
    ['order?', '/orders/0/number'],
    ['order-total?', '/orders/0/total', 'amount', with0],
    ['order-placed?', '/orders/0/placed'],
    ['buyer?', '/orders/0/buyer'],
    ['provider?', '/payments/0/provider'],
    ['payment?', '/payments/0/reference'],
    ['method?', '/payments/0/method'],
    ['payer?', '/payments/0/payer'],
    ['paid-amount?', '/payments/0/amount', 'amount', with0],
    ['paid?', '/payments/0/paid'],
    ['carrier?', '/transports/0/carrier'],
    ['waybill?', '/transports/0/document'],
    ['master?', '/transports/0/master'],
    ['mode?', '/transports/0/borderMode', 'mode'],
    ['waybill-weight?', '/transports/0/grossWeight', 'quantity'],
    ['pieces?', '/transports/0/pieces', 'barcodes'],
    ['freight?', `${d}/freight`, 'amount', with0],
    ['insurance?', `${d}/insurance`, 'amount', with0],
    ['discount?', `${d}/discount`, 'amount', with0],
    ['tax-included?', `${d}/taxIncluded`, 'amount', with0],
    ['currency', 'message'],
  ),
  rows: fields(
    ['line', '/line', 'line'],
    ['description', '/description/text'],
    ['language', '/description/language'],
    ['commodity?', '/commodity'],
    ['category?', '/category'],
    ['origin?', '/origin', 'country'],
    ['quantity?', '/quantity', 'quantity'],
    ['unit?', '/unit', 'unit'],
    ['statutory-quantity?', '/statutoryQuantity', 'quantity'],
    ['statutory-unit?', '/statutoryUnit', 'unit'],
    ['supplementary-quantity?', '/supplementaryQuantity', 'quantity'],
    ['supplementary-unit?', '/supplementaryUnit', 'unit'],
    ['net-weight?', '/netWeight', 'quantity'],
    ['gross-weight?', '/grossWeight', 'quantity'],
    ['price', '/price', 'amount', with0],
    ['product-scheme?', '/product/scheme'],
    ['product?', '/product/id'],
  ),
  given: { '?/payments/0/order': '$order' },
  receipt: null,
  speech,
};
