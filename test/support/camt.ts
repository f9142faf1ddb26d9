/** One entry of a bank's statement as a test wants it; an amount below zero is money out. */
export interface CamtEntry {
  readonly amount: string;
  readonly reference?: string;
  readonly bank?: string;
  readonly currency?: string;
  readonly booked?: string;
  readonly status?: string;
  readonly parts?: readonly { readonly reference: string; readonly amount: string }[];
}

const minor = (amount: string): bigint => BigInt(amount.replace('.', ''));
const plain = (amount: string): string => amount.replace(/^-/, '');
const sign = (amount: string): string => (amount.startsWith('-') ? 'DBIT' : 'CRDT');
const text = (value: bigint): string => {
  const digits = String(value < 0n ? -value : value).padStart(3, '0');
  return `${value < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
};

/** A bank's statement as camt.053.001.08; the closing balance is what the booked entries lead to unless it is given. */
export function camt(options: {
  readonly opening: string;
  readonly closing?: string;
  readonly number?: string;
  readonly currency?: string;
  readonly from?: string;
  readonly until?: string;
  readonly entries: readonly CamtEntry[];
}): string {
  const { opening, entries, number = 'S-1', currency = 'XPN', from = '2026-03-01', until = '2026-03-31' } = options;
  const booked = entries.filter(({ status = 'BOOK' }) => status === 'BOOK');
  const closing = options.closing ?? text(booked.reduce((sum, { amount }) => sum + minor(amount), minor(opening)));
  const amount = (value: string, of = currency): string => `<Amt Ccy="${of}">${plain(value)}</Amt>`;
  const balance = (code: string, value: string, on: string): string =>
    `<Bal><Tp><CdOrPrtry><Cd>${code}</Cd></CdOrPrtry></Tp>${amount(value)}<CdtDbtInd>${sign(value)}</CdtDbtInd><Dt><Dt>${on}</Dt></Dt></Bal>`;
  const details = ({ reference = 'NOTPROVIDED', parts, currency: of }: CamtEntry): string =>
    (parts ?? [{ reference, amount: '' }])
      .map(
        (part) =>
          `<TxDtls><Refs><EndToEndId>${part.reference}</EndToEndId></Refs>${part.amount === '' ? '' : amount(part.amount, of)}</TxDtls>`,
      )
      .join('');
  const entry = (one: CamtEntry): string =>
    `<Ntry>${amount(one.amount, one.currency)}<CdtDbtInd>${sign(one.amount)}</CdtDbtInd><Sts><Cd>${one.status ?? 'BOOK'}</Cd></Sts><BookgDt><Dt>${one.booked ?? from}</Dt></BookgDt>${one.bank === undefined ? '' : `<AcctSvcrRef>${one.bank}</AcctSvcrRef>`}<NtryDtls>${details(one)}</NtryDtls></Ntry>`;
  return `<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><GrpHdr><MsgId>M</MsgId><CreDtTm>${until}T20:00:00</CreDtTm></GrpHdr><Stmt><Id>${number}</Id><CreDtTm>${until}T20:00:00</CreDtTm><FrToDt><FrDtTm>${from}T00:00:00</FrDtTm><ToDtTm>${until}T23:59:59</ToDtTm></FrToDt><Acct><Id><Othr><Id>XP0012345</Id></Othr></Id><Ccy>${currency}</Ccy></Acct>${balance('OPBD', opening, from)}${balance('CLBD', closing, until)}${entries.map(entry).join('\n')}</Stmt></BkToCstmrStmt></Document>
`;
}
