import { ceb, envelope, goods } from './ceb-fields.ts';
import { fields, type MessageKind, names } from './fields.ts';

/** The messages of what comes after release: returns both ways, and the summaries of a month. */

export const returned625: MessageKind = {
  ...ceb,
  node: 'InvtRefund',
  head: 'InvtRefundHead',
  row: 'InvtRefundList',
  rowsAt: '/lines',
  door: 'return',
  fields: fields(
    ...envelope,
    ...names('customsCode', 'orderNo', 'ebpCode', 'ebpName', 'ebcCode', 'ebcName', 'logisticsNo', 'logisticsCode'),
    ['logisticsName'],
    ['copNo?', '/declaration'],
    ...names('preNo?', 'invtNo', 'buyerIdType', 'buyerIdNumber', 'buyerName', 'buyerTelephone', 'agentCode'),
    ['agentName'],
    ['reason', '/reason'],
    ['note?'],
  ),
  rows: fields(goods.gnum, ...names('gcode', 'gname'), goods.qty, ...names('unit', 'note?')),
  // The message has no list of grounds: its reason says in words why.
  given: { '/ground': 'changed-mind', '/reference': '$guid' },
  receipt: {
    kind: 'CEB626Message',
    node: 'InvtRefundReturn',
    repeats: ['customsCode', 'agentCode', 'ebpCode', 'ebcCode', 'copNo', 'preNo', 'invtNo'],
  },
};

/** The application for goods that come back from abroad, and their receipt at the supervised place (2022). */
export const returnApplied213: MessageKind = {
  ...returned625,
  door: null,
  given: {},
  fields: fields(
    ...envelope,
    ...names('customsCode', 'loctNo?', 'ebpCode', 'ebpName', 'ebcCode', 'ebcName', 'logisticsNo', 'logisticsCode'),
    ...names('logisticsName', 'coElNo', 'preNo?', 'invtNo', 'tradeMode?', 'agentCode', 'agentName', 'billNo'),
    ...names('ieFlag', 'trafMode', 'trafName', 'portCode', 'reason', 'country', 'voyageNo', 'note?'),
  ),
  rows: fields(
    ...names('gnum', 'gcode', 'gname', 'gmodel', 'qty', 'qty1', 'unit', 'unit1', 'qty2?', 'unit2?', 'note?'),
  ),
  receipt: {
    kind: 'CEB214Message',
    node: 'RefundReturn',
    repeats: ['ebpCode', 'ebcCode', 'agentCode', 'coElNo', 'preNo', 'invtNo'],
  },
};

export const returned215: MessageKind = {
  ...ceb,
  node: 'InvtRefundDetail',
  head: null,
  door: null,
  fields: fields(
    ...envelope,
    ...names('customsCode', 'operatorCode', 'operatorName', 'logisticsCode', 'logisticsName', 'logisticsNo'),
    ...names('invtNo?', 'coElNo', 'preNo?', 'billNo', 'ieFlag', 'trafMode', 'trafName', 'voyageNo', 'location?'),
    ['note?'],
  ),
  receipt: {
    kind: 'CEB216Message',
    node: 'InvtRefundDetailReturn',
    repeats: ['operatorCode', 'logisticsCode', 'logisticsNo', 'coElNo', 'preNo'],
  },
};

export const summary701: MessageKind = {
  ...ceb,
  node: 'SummaryApply',
  head: 'SummaryApplyHead',
  row: 'SummaryApplyList',
  rowless: true,
  rowsAt: '/checklists',
  door: 'summary',
  fields: fields(
    ...envelope,
    ...names('customsCode', 'copNo', 'preNo?', 'sumNo?', 'agentCode', 'agentName', 'ebcCode', 'ebcName'),
    ...names('declAgentCode', 'declAgentName', 'startTime?', 'endTime?', 'loctNo?', 'summaryFlag', 'itemNameFlag'),
    ['msgCount', 'message'],
    ['msgSeqNo', 'message'],
    ['note?'],
  ),
  rows: fields(['invtNo']),
  receipt: {
    kind: 'CEB702Message',
    node: 'SummaryReturn',
    repeats: ['agentCode', 'ebcCode', 'copNo', 'preNo', 'sumNo', 'msgSeqNo'],
  },
};

/** What customs says of a summary: sent to a declarant, and kept where he hands it on. */
export const summaryResult792: MessageKind = {
  ...ceb,
  node: 'SummaryResult',
  head: 'SummaryResultHead',
  row: 'SummaryResultList',
  rowless: true,
  door: null,
  fields: fields(
    ['guid', 'message'],
    ...names('customsCode', 'sumNo', 'opDate', 'declSeqNo', 'decTmpNo?', 'decPreNo?', 'entryId?', 'decState'),
    ...names('agentCode?', 'agentName?', 'ebcCode?', 'ebcName?', 'declAgentCode?', 'declAgentName?'),
    ...names('grossWeight', 'netWeight', 'msgCount', 'msgSeqNo', 'note?'),
  ),
  rows: fields(...names('invtNo', 'logisticsNo', 'gseqno?', 'gnum', 'gcode')),
  receipt: null,
};
