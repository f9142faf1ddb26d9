export type { NewNotice, Notice, NoticeState, PaymentAdapter, PaymentBody } from './model.ts';
export {
  cancel,
  issue,
  issueService,
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
export { type BillView, billList } from './service-bills.ts';
export { topUp } from './service-orders.ts';
export { pay } from './service-pay.ts';
export { openNotices } from './store-open.ts';
export { collector, unpaidBill } from './unpaid.ts';
export { statementDifferences, statementList, takeStatement } from './service-statements.ts';
