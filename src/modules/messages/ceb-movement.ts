import { ceb, envelope } from './ceb-fields.ts';
import { fields, type MessageKind, names } from './fields.ts';
import { cancel623 } from './ceb-import.ts';

/** The messages of what moves: master bill, arrival, departure, warehouse receipt, status; and what is taken back. */

export const status513: MessageKind = {
  ...ceb,
  node: 'LogisticsStatus',
  head: null,
  door: null,
  fields: fields(
    ...envelope,
    ...names('logisticsCode', 'logisticsName', 'logisticsNo', 'logisticsStatus', 'logisticsTime', 'note?'),
  ),
  receipt: {
    kind: 'CEB514Message',
    node: 'LogisticsStatusReturn',
    repeats: ['logisticsCode', 'logisticsNo', 'logisticsStatus'],
  },
};

export const masterBill607: MessageKind = {
  ...ceb,
  node: 'WayBill',
  head: 'WayBillHead',
  row: 'WayBillList',
  rowsAt: '/lines',
  door: 'manifest',
  fields: fields(
    ...envelope,
    ...names('customsCode', 'copNo', 'preNo?', 'agentCode', 'agentName', 'loctNo?'),
    ['trafMode', '/mode', 'mode'],
    ['trafName'],
    ['voyageNo', '/conveyance'],
    ['billNo', '/master'],
    ...names('domesticTrafNo?', 'grossWeight'),
    ['logisticsCode', '/carrier'],
    ['logisticsName'],
    ['msgCount', 'message'],
    ['msgSeqNo', 'message'],
    ['note?'],
  ),
  rows: fields(['gnum', 'message'], ['totalPackageNo?'], ['logisticsNo', '/house'], ...names('invtNo?', 'note?')),
  // The message names waybills and counts no pieces: each is one, marked by its own number.
  givenRow: { '/pieces': 1 },
  receipt: {
    kind: 'CEB608Message',
    node: 'WayBillReturn',
    repeats: ['agentCode', 'logisticsCode', 'copNo', 'preNo', 'billNo', 'msgSeqNo'],
  },
};

export const arrival507: MessageKind = {
  ...ceb,
  node: 'Arrival',
  head: 'ArrivalHead',
  row: 'ArrivalList',
  rowless: true,
  rowsAt: '/pieces',
  door: 'arrival',
  fields: fields(
    ...envelope,
    ['customsCode'],
    ['copNo', '/reference'],
    ['preNo?'],
    ['operatorCode', '/operator'],
    ['operatorName'],
    ['loctNo?', '/place'],
    ...names('ieFlag', 'trafMode'),
    ['billNo?', '/master'],
    ...names('domesticTrafNo', 'logisticsCode', 'logisticsName'),
    ['msgCount', 'message'],
    ['msgSeqNo', 'message'],
    ['note?'],
  ),
  rows: fields(['gnum', 'message'], ['logisticsNo', ''], ...names('totalPackageNo?', 'note?')),
  // The message says when it was written and not when the goods came: that is the latest they can have come.
  given: { '/landed': '@appTime', '/place': '$customsCode' },
  receipt: {
    kind: 'CEB508Message',
    node: 'ArrivalReturn',
    repeats: ['operatorCode', 'logisticsCode', 'preNo', 'copNo', 'billNo', 'msgSeqNo'],
  },
};

/** The warehouse receipt of imports: the keeper of a supervised place says which waybills came to him. */
export const delivery711: MessageKind = {
  ...arrival507,
  node: 'Delivery',
  head: 'DeliveryHead',
  row: 'DeliveryList',
  rowless: false,
  fields: fields(
    ...envelope,
    ['customsCode'],
    ['copNo?', '/reference'],
    ...names('preNo?', 'rkdNo?'),
    ['operatorCode', '/operator'],
    ...names('operatorName', 'ieFlag', 'trafMode', 'trafNo', 'voyageNo'),
    ['billNo', '/master'],
    ...names('logisticsCode', 'logisticsName'),
    ['unloadLocation?', '/place'],
    ['note?'],
  ),
  rows: fields(['gnum', 'message'], ['logisticsNo', ''], ['note?']),
  given: { '/landed': '@appTime', '/place': '$customsCode', '/reference': '$guid' },
  receipt: {
    kind: 'CEB712Message',
    node: 'DeliveryReturn',
    repeats: ['customsCode', 'operatorCode', 'copNo', 'preNo', 'rkdNo'],
  },
};

export const departure509: MessageKind = {
  ...ceb,
  node: 'Departure',
  head: 'DepartureHead',
  row: 'DepartureList',
  rowsAt: '/pieces',
  door: 'departure',
  fields: fields(
    ...envelope,
    ['customsCode', '/place'],
    ['copNo', '/reference'],
    ['preNo?'],
    ['logisticsCode', '/operator'],
    ...names('logisticsName', 'trafMode', 'trafName?', 'voyageNo?'),
    ['billNo?', '/master'],
    ['leaveTime', '/left', 'instant'],
    ['msgCount', 'message'],
    ['msgSeqNo', 'message'],
    ['note?'],
  ),
  rows: fields(['gnum', 'message'], ['totalPackageNo?'], ['logisticsNo', ''], ['note?']),
  receipt: {
    kind: 'CEB510Message',
    node: 'DepartureReturn',
    repeats: ['logisticsCode', 'copNo', 'preNo', 'msgSeqNo'],
  },
};

export const cancel605: MessageKind = {
  ...cancel623,
  fields: fields(
    ...envelope,
    ['customsCode'],
    ['copNo', '/declaration'],
    ...names('preNo?', 'invtNo'),
    ['reason', '/reason'],
    ...names('agentCode', 'agentName', 'ebcCode', 'ebcName', 'note?'),
  ),
  receipt: { kind: 'CEB606Message', node: 'InvtCancelReturn', repeats: ['agentCode', 'copNo', 'preNo', 'invtNo'] },
};
