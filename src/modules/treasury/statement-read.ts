import { day } from '#kernel/effective.ts';
import { isCurrency, parseMoney } from '#kernel/money.ts';
import { ok, refuse, type Refused, type Result } from '#kernel/result.ts';
import { type Element, readXml } from '#platform/xml.ts';
import type { StatementLine } from './reconcile.ts';

/** A bank's statement as its file says it. Balances are null where the file has none. */
export interface Statement {
  readonly number: string;
  readonly format: 'camt.053' | 'csv';
  readonly account: string;
  readonly currency: string;
  readonly from: string;
  readonly until: string;
  readonly opening: bigint | null;
  readonly closing: bigint | null;
  readonly lines: readonly StatementLine[];
}

const linesMax = 50_000;
const namespace = /^urn:iso:std:iso:20022:tech:xsd:camt\.053\.001\.\d\d$/;

const unread = (what: string): Refused => refuse('treasury/statement-unread', { params: { what } });
const badLine = (line: number | string, what: string): Refused =>
  refuse('treasury/statement-line', { pointer: `/lines/${line}`, params: { line: String(line), what } });

/** Ends the reading of a statement from inside; it never leaves this file. */
class Unread extends Error {
  readonly refused: Refused;

  constructor(refused: Refused) {
    super(refused.error.code);
    this.refused = refused;
  }
}

const all = (element: Element | undefined, name: string): readonly Element[] =>
  element?.elements.filter((one) => one.name === name) ?? [];

/** The first element at a path of names. */
function at(element: Element | undefined, ...path: readonly string[]): Element | undefined {
  return path.reduce<Element | undefined>((inside, name) => all(inside, name)[0], element);
}
const textAt = (element: Element | undefined, ...path: readonly string[]): string =>
  at(element, ...path)?.text.trim() ?? '';

const signed = (minor: bigint, indicator: string, line: number): bigint => {
  if (indicator === 'CRDT') return minor;
  if (indicator === 'DBIT') return -minor;
  throw new Unread(badLine(line, 'CdtDbtInd'));
};

function moneyAt(element: Element | undefined, line: number): { currency: string; minor: bigint } {
  const currency = element?.attributes.find(({ name }) => name === 'Ccy')?.value ?? '';
  const amount = element?.text.trim() ?? '';
  // The schema allows more places than a currency has; noughts among them say nothing.
  const plain = amount.replace(/(\.\d*?)0+$/, '$1').replace(/\.$/, '');
  const read = isCurrency(currency) ? parseMoney({ currency, amount: plain }) : undefined;
  if (!read?.ok || read.value.minor < 0n) throw new Unread(badLine(line, 'Amt'));
  return read.value;
}

function dayAt(element: Element | undefined, line: number, what: string): string {
  const text = (textAt(element, 'Dt') || textAt(element, 'DtTm')).slice(0, 10);
  const read = day(text);
  if (read === undefined) throw new Unread(badLine(line, what));
  return read;
}

/** What a reference says when there is none (ISO 20022 external code). */
const given = (text: string): string => (text === 'NOTPROVIDED' ? '' : text.slice(0, 140));

function camtLines(statement: Element): StatementLine[] {
  const lines: StatementLine[] = [];
  for (const entry of all(statement, 'Ntry')) {
    // What is only announced has moved nothing yet.
    const status = textAt(entry, 'Sts', 'Cd') || textAt(entry, 'Sts');
    if (status !== 'BOOK') continue;
    const whole = moneyAt(at(entry, 'Amt'), entry.line);
    const indicator = textAt(entry, 'CdtDbtInd');
    const booked = dayAt(at(entry, 'BookgDt'), entry.line, 'BookgDt');
    const details = all(entry, 'NtryDtls').flatMap((one) => all(one, 'TxDtls'));
    const parts = details.length > 1 ? details : [details[0]];
    let sum = 0n;
    for (const part of parts) {
      const own = part && (at(part, 'Amt') ?? at(part, 'AmtDtls', 'TxAmt', 'Amt'));
      if (own === undefined && parts.length > 1) throw new Unread(badLine(part?.line ?? entry.line, 'TxDtls/Amt'));
      const { currency, minor } = own && parts.length > 1 ? moneyAt(own, part.line) : whole;
      const amount = signed(minor, (part && textAt(part, 'CdtDbtInd')) || indicator, entry.line);
      sum += amount;
      lines.push({
        number: lines.length + 1,
        booked,
        bank: given(textAt(part, 'Refs', 'AcctSvcrRef') || textAt(entry, 'AcctSvcrRef') || textAt(entry, 'NtryRef')),
        reference: given(
          [
            given(textAt(part, 'Refs', 'EndToEndId')),
            textAt(part, 'RmtInf', 'Strd', 'CdtrRefInf', 'Ref'),
            textAt(part, 'RmtInf', 'Ustrd'),
          ].find((one) => one !== '') ?? '',
        ),
        currency,
        amount,
      });
      if (lines.length > linesMax) throw new Unread(unread(`more than ${linesMax} lines`));
    }
    if (sum !== signed(whole.minor, indicator, entry.line)) throw new Unread(badLine(entry.line, 'the sum of TxDtls'));
  }
  return lines;
}

function balance(statement: Element, kinds: readonly string[]): bigint | null {
  const found = all(statement, 'Bal').find((one) => kinds.includes(textAt(one, 'Tp', 'CdOrPrtry', 'Cd')));
  if (found === undefined) return null;
  return signed(moneyAt(at(found, 'Amt'), found.line).minor, textAt(found, 'CdtDbtInd'), found.line);
}

/** Whether what the lines move in the account's currency is what lies between its balances. */
function balanced({ opening, closing, currency, lines }: Statement): boolean {
  if (opening === null || closing === null) return true;
  const own = lines.filter((line) => line.currency === currency);
  return own.length < lines.length || own.reduce((sum, { amount }) => sum + amount, opening) === closing;
}

const checked = (statement: Statement): Result<Statement> =>
  balanced(statement) ? ok(statement) : refuse('treasury/statement-sum', { params: { number: statement.number } });

function camt(root: Element): Result<Statement> {
  if (root.name !== 'Document' || !namespace.test(root.uri)) return unread('Document of camt.053.001');
  const statements = all(at(root, 'BkToCstmrStmt'), 'Stmt');
  if (statements.length !== 1) return unread('one Stmt');
  const statement = statements[0]!;
  const account = at(statement, 'Acct');
  const lines = camtLines(statement);
  const days = lines.map(({ booked }) => booked).sort();
  const period = at(statement, 'FrToDt');
  const created = (textAt(statement, 'CreDtTm') || textAt(root, 'BkToCstmrStmt', 'GrpHdr', 'CreDtTm')).slice(0, 10);
  const said = (name: string): string => textAt(period, name).slice(0, 10);
  const first = day(said('FrDtTm') || (days[0] ?? created));
  const last = day(said('ToDtTm') || (days.at(-1) ?? created));
  const currency = textAt(account, 'Ccy') || (lines[0]?.currency ?? '');
  const number = textAt(statement, 'Id');
  const name = textAt(account, 'Id', 'IBAN') || textAt(account, 'Id', 'Othr', 'Id');
  if (first === undefined || last === undefined) return unread('FrToDt');
  if (!isCurrency(currency)) return unread('Acct/Ccy');
  if (number === '' || name === '') return unread(number === '' ? 'Stmt/Id' : 'Acct/Id');
  const opening = balance(statement, ['OPBD', 'PRCD']);
  const closing = balance(statement, ['CLBD']);
  const ends = { from: first, until: last };
  return checked({ number, format: 'camt.053', account: name, currency, ...ends, opening, closing, lines });
}

/** The columns of a statement as CSV, in the order in which they are written. */
export const csvColumns = ['account', 'statement', 'booked', 'currency', 'amount', 'reference', 'bank'] as const;

/** The cells of one line of CSV: quoted where they need it, a quote in one doubled. */
function cells(text: string, line: number): string[] {
  const found = [...text.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^",]*))/g)];
  if (found.map(([whole]) => whole).join('') !== text) throw new Unread(badLine(line, 'quotes'));
  return found.map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '');
}

function csvLine(row: string, line: number, number: number): StatementLine & { account: string; statement: string } {
  const values = cells(row, line);
  if (values.length !== csvColumns.length) throw new Unread(badLine(line, csvColumns.join(',')));
  const [account, statement, booked, currency, amount, reference, bank] = values as [
    string,
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  if (day(booked) === undefined) throw new Unread(badLine(line, 'booked'));
  if (!isCurrency(currency)) throw new Unread(badLine(line, 'currency'));
  const money = parseMoney({ currency, amount: amount.replace(/^-/, '') });
  if (!money.ok) throw new Unread(badLine(line, 'amount'));
  const minor = amount.startsWith('-') ? -money.value.minor : money.value.minor;
  return {
    account,
    statement,
    number,
    booked,
    currency,
    amount: minor,
    reference: given(reference),
    bank: given(bank),
  };
}

function csv(text: string): Result<Statement> {
  const rows = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  if (rows[0]?.trim() !== csvColumns.join(',')) return unread(csvColumns.join(','));
  const lines = rows
    .map((row, index) => ({ row, line: index + 1 }))
    .slice(1)
    .filter(({ row }) => row.trim() !== '')
    .map(({ row, line }, index) => csvLine(row, line, index + 1));
  const [first] = lines;
  if (first === undefined || lines.length > linesMax) return unread(`1 to ${linesMax} lines`);
  const other = lines.find((one) => one.account !== first.account || one.statement !== first.statement);
  if (other !== undefined) return badLine(other.number + 1, 'account, statement');
  const days = lines.map(({ booked }) => booked).sort();
  return ok({
    number: first.statement,
    format: 'csv',
    account: first.account,
    currency: first.currency,
    from: days[0]!,
    until: days.at(-1)!,
    opening: null,
    closing: null,
    lines: lines.map(({ account: _a, statement: _s, ...line }) => line),
  });
}

/**
 * Reads a bank's statement: camt.053 of ISO 20022 (one statement a file) or the window's own CSV. Only what is booked
 * counts; an entry of several transactions is read transaction by transaction and has to be their sum, and the lines
 * have to lead from the opening balance to the closing one.
 */
export async function readStatement(bytes: Buffer, now: () => number): Promise<Result<Statement>> {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    if (!text.trimStart().startsWith('<')) return csv(text);
    const document = await readXml(
      (async function* () {
        yield bytes;
      })(),
      now,
    );
    return document.ok ? camt(document.value.root) : document;
  } catch (error) {
    if (error instanceof Unread) return error.refused;
    if (error instanceof TypeError) return refuse('http/body-encoding');
    throw error;
  }
}
