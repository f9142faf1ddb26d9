import { returnApplied213, returned215, returned625, summary701, summaryResult792 } from './ceb-after.ts';
import { checklist603, order303, receipt403, waybill505 } from './ceb-export.ts';
import { receiptKind } from './ceb-fields.ts';
import { cancel623, checklist621, order311, payment411, waybill511 } from './ceb-import.ts';
import { arrival507, cancel605, delivery711, departure509, masterBill607, status513 } from './ceb-movement.ts';
import type { MessageKind } from './fields.ts';

const asked: Readonly<Record<string, MessageKind>> = {
  CEB311Message: order311,
  CEB411Message: payment411,
  CEB511Message: waybill511,
  CEB513Message: status513,
  CEB621Message: checklist621,
  CEB623Message: cancel623,
  CEB625Message: returned625,
  CEB711Message: delivery711,
  CEB303Message: order303,
  CEB403Message: receipt403,
  CEB505Message: waybill505,
  CEB507Message: arrival507,
  CEB509Message: departure509,
  CEB603Message: checklist603,
  CEB605Message: cancel605,
  CEB607Message: masterBill607,
  CEB213Message: returnApplied213,
  CEB215Message: returned215,
  CEB701Message: summary701,
};

/** Every kind that a table describes: what is sent to customs, what customs answers, and the receipts of both. */
export const cebKinds: Readonly<Record<string, MessageKind>> = {
  ...asked,
  CEB792Message: summaryResult792,
  ...Object.fromEntries(
    Object.values(asked).flatMap(({ receipt }) => (receipt === null ? [] : [[receipt.kind, receiptKind(receipt)]])),
  ),
};
