export type { NewNotice, Notice, NoticeState, PaymentAdapter, PaymentBody } from './model.ts';
export {
  cancel,
  issue,
  noticeList,
  noticeOf,
  noticesOf,
  noticeView,
  type NoticeView,
  paidFor,
  type Receipt,
  reinstate,
  reissue,
  secure,
  settled,
} from './service.ts';
export { pay } from './service-pay.ts';
export { openNotices } from './store-open.ts';
export { unpaidBill } from './unpaid.ts';
export { statementDifferences } from './service-statements.ts';
