import { csvText } from '#portal/csv.ts';
import type { SeenFlow } from './flows.ts';

const heads = [
  'parcel',
  'declaration',
  'filer',
  'orders',
  'waybills',
  'exceptions',
  'money_step',
  'money_at',
  'money_by',
  'money_simulated',
  'goods_step',
  'goods_at',
  'goods_zone',
  'goods_by',
  'goods_place',
  'goods_expected',
  'goods_simulated',
  'clearance_status',
  'clearance_since',
  'clearance_outcome',
  'currency',
  'value',
  'charges',
] as const;

const flag = (simulated: boolean | undefined): string | undefined =>
  simulated === undefined ? undefined : simulated ? 'yes' : 'no';

/** The parcels of the screen as a table for a spreadsheet; what somebody does not see stays empty. */
export const flowsCsv = (flows: readonly SeenFlow[]): string =>
  csvText(
    heads,
    flows.map(({ money, goods, ...flow }) => ({
      parcel: flow.id,
      declaration: flow.declaration,
      filer: flow.filer,
      orders: flow.orders?.map(({ number }) => number).join(' '),
      waybills: flow.waybills?.join(' '),
      exceptions: flow.troubles.join(' '),
      money_step: money?.step,
      money_at: money?.at,
      money_by: money?.by,
      money_simulated: flag(money?.simulated),
      goods_step: goods?.step,
      goods_at: goods?.at,
      goods_zone: goods?.zone,
      goods_by: goods?.by,
      goods_place: goods?.place,
      goods_expected: goods?.expected,
      goods_simulated: flag(goods?.simulated),
      clearance_status: flow.status,
      clearance_since: flow.since,
      clearance_outcome: flow.outcome,
      currency: flow.value?.currency,
      value: flow.value?.amount,
      charges: flow.border?.amount,
    })),
  );
