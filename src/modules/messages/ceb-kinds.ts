import { checklist603, order303, receipt403, waybill505 } from './ceb-export.ts';
import type { CebKind } from './ceb-fields.ts';
import { cancel623, checklist621, order311, payment411, waybill511 } from './ceb-import.ts';

/** The kinds that have a door. */
export const cebKinds: Readonly<Record<string, CebKind>> = {
  CEB311Message: order311,
  CEB411Message: payment411,
  CEB511Message: waybill511,
  CEB621Message: checklist621,
  CEB623Message: cancel623,
  CEB303Message: order303,
  CEB403Message: receipt403,
  CEB505Message: waybill505,
  CEB603Message: checklist603,
};
