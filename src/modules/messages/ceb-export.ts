import { ceb, envelope, goods } from './ceb-fields.ts';
import { type Field, fields, type MessageKind, names } from './fields.ts';
import { checklist621, order311, waybill511 } from './ceb-import.ts';

/** The messages of exports: order, receipt of funds, waybill and checklist. */

export const order303: MessageKind = {
  ...order311,
  fields: fields(
    ...envelope,
    ['orderType'],
    ['orderNo', '/number'],
    ['ebpCode', '/platform'],
    ['ebpName'],
    ['ebcCode', '/seller'],
    ['ebcName'],
    // The value of the goods without freight, and the freight: together the order's total.
    ['goodsValue', '/total', 'amount'],
    ['freight', '/total', 'sum'],
    ['currency', '/total/currency'],
    ['note?'],
  ),
  rows: fields(
    ...names('gnum', 'itemNo', 'itemName', 'itemDescribe?', 'barCode?', 'unit', 'currency', 'qty', 'price'),
    ...names('totalPrice', 'note?'),
  ),
  receipt: { ...order311.receipt!, kind: 'CEB304Message' },
};

export const receipt403: MessageKind = {
  ...ceb,
  node: 'Receipts',
  head: null,
  door: 'payment',
  fields: fields(
    ...envelope,
    ['ebpCode', '/platform'],
    ...names('ebpName', 'ebcCode', 'ebcName'),
    ['orderNo', '/order'],
    ['payCode?', '/provider'],
    ['payName'],
    ['payNo?', '/reference'],
    ['charge', '/amount', 'amount'],
    ['currency', '/amount/currency'],
    ['accountingDate', '/paid', 'instant'],
    ['note?'],
  ),
  given: { '/method': 'transfer' },
  receipt: { kind: 'CEB404Message', node: 'ReceiptsReturn', repeats: ['ebcCode', 'orderNo', 'payNo'] },
};

export const waybill505: MessageKind = {
  ...waybill511,
  head: null,
  fields: fields(
    ...envelope,
    ['logisticsCode', '/carrier'],
    ['logisticsName'],
    ['logisticsNo', '/document'],
    ...names('freight', 'insuredFee', 'currency'),
    ['grossWeight', '/grossWeight', 'quantity'],
    ...names('packNo', 'goodsInfo', 'ebcCode?', 'ebcName?', 'ebcTelephone?', 'note?'),
  ),
  receipt: { ...waybill511.receipt!, kind: 'CEB506Message' },
};

/** Of freight and insurance, a flag of 3 says that the figure is an amount; 1 a rate, 2 a price for a unit. */
const amountOf = (currency: string, flag: string): Pick<Field, 'currency' | 'when'> => ({
  currency,
  when: [flag, '3'],
});

export const checklist603: MessageKind = {
  ...checklist621,
  fields: fields(
    ...envelope,
    ['customsCode', '/office'],
    ['ebpCode', '/orders/0/platform'],
    ['ebpName'],
    ['orderNo', '/orders/0/number'],
    ['logisticsCode', '/transports/0/carrier'],
    ['logisticsName'],
    ['logisticsNo', '/transports/0/document'],
    ['copNo', '/id'],
    ...names('preNo?', 'invtNo?'),
    ['ieFlag', '/movement', 'movement'],
    ...names('portCode', 'ieDate', 'statisticsFlag'),
    ['agentCode', '/declarant'],
    ['agentName'],
    ['ebcCode', '/seller'],
    ...names('ebcName', 'ownerCode', 'ownerName'),
    ['iacCode?', '/placeOperator'],
    ...names('iacName?', 'emsNo?'),
    ['tradeMode', '/procedure'],
    ...names('trafMode', 'trafName?', 'voyageNo?', 'billNo?', 'totalPackageNo?'),
    ['loctNo?', '/placeOfGoods'],
    ['licenseNo?'],
    ['country', '/destination', 'country'],
    ['POD'],
    ['freight', '/freight', 'amount', amountOf('fCurrency', 'fFlag')],
    ['fCurrency', '/freight/currency'],
    ['fFlag', 'message'],
    ['insuredFee', '/insurance', 'amount', amountOf('iCurrency', 'iFlag')],
    ['iCurrency', '/insurance/currency'],
    ['iFlag', 'message'],
    ...names('wrapType', 'packNo', 'grossWeight', 'netWeight', 'note?'),
  ),
  rows: fields(
    goods.gnum,
    ...names('itemNo', 'itemRecordNo?', 'itemName?'),
    goods.gcode,
    goods.gname,
    ...names('gmodel', 'barCode'),
    goods.country,
    ['currency', '/price/currency'],
    goods.qty,
    goods.qty1,
    goods.qty2,
    goods.unit,
    goods.unit1,
    goods.unit2,
    ['price'],
    goods.totalPrice,
    ['note?'],
  ),
  given: { '/nature': 'sale', '/dispatch': '$home' },
  receipt: {
    kind: 'CEB604Message',
    node: 'InventoryReturn',
    repeats: ['agentCode', 'copNo', 'preNo', 'invtNo', 'ebcCode', 'ebpCode', 'orderNo', 'statisticsFlag'],
  },
};
