import { Readable } from 'node:stream';
import { must, ok } from '#kernel/result.ts';
import type { Context } from '#platform/context.ts';
import { receive } from '#modules/messages/index.ts';
import { slipSystem } from './principals.ts';
import { ids } from './roles.ts';

/** A platform's orders in the format of another system: what each says otherwise than the first. */
interface Told {
  readonly number: string;
  /** The format's code of its currency; 999 is none. */
  readonly currency?: string;
  /** 1 is only stored with its sender. */
  readonly status?: string;
}

const told: readonly Told[] = [
  { number: 'QUAY-9001' },
  { number: 'QUAY-9002', currency: '999' },
  { number: 'QUAY-9003', status: '1' },
];

const guid = (place: number): string => `51a1c0de-0000-4000-8000-${String(place).padStart(12, '0')}`;

const order = ({ number, currency = '300', status = '2' }: Told, place: number): string => `
  <Order>
    <OrderHead>
      <guid>${guid(place)}</guid><appType>1</appType><appTime>20260501090000</appTime><appStatus>${status}</appStatus>
      <orderType>I</orderType><orderNo>${number}</orderNo><ebpCode>${ids.platform}</ebpCode><ebpName>Bazaar Quay</ebpName>
      <ebcCode>${ids.seller}</ebcCode><ebcName>Lantern Workshop</ebcName><goodsValue>40.00</goodsValue>
      <freight>5.00</freight><discount>0</discount><taxTotal>0</taxTotal><acturalPaid>45.00</acturalPaid>
      <currency>${currency}</currency><buyerRegNo>B-1</buyerRegNo><buyerName>A. Buyer</buyerName>
      <buyerTelephone>-</buyerTelephone><buyerIdType>2</buyerIdType><buyerIdNumber>-</buyerIdNumber>
      <consignee>A. Buyer</consignee><consigneeTelephone>-</consigneeTelephone><consigneeAddress>1 Quay</consigneeAddress>
    </OrderHead>
    <OrderList>
      <gnum>1</gnum><itemName>Brass lantern</itemName><gmodel>-</gmodel><unit>007</unit><qty>1</qty><price>40.00</price>
      <totalPrice>40.00</totalPrice><currency>${currency}</currency><country>303</country>
    </OrderList>
  </Order>`;

const message = `<?xml version="1.0" encoding="UTF-8"?>
<CEB311Message xmlns="http://www.chinaport.gov.cn/ceb" guid="${guid(0)}" version="1.0">${told
  .map((one, index) => order(one, index + 1))
  .join('')}
  <BaseTransfer>
    <copCode>${ids.platform}</copCode><copName>Bazaar Quay</copName><dxpMode>DXP</dxpMode><dxpId>-</dxpId>
  </BaseTransfer>
</CEB311Message>
`;

/** Lets a platform send its orders as its older system writes them: one is taken, one refused, one only kept. */
export async function sendForeign(context: Context): Promise<void> {
  const who = () => Promise.resolve(ok(slipSystem(context, ids.platform)));
  must(await receive(context, who, Readable.from([Buffer.from(message)])));
}
