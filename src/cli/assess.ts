import { Compile } from 'typebox/compile';
import { type Day, day as parseDay, dayIn } from '#kernel/effective.ts';
import { parseMoney } from '#kernel/money.ts';
import { type Catalogue, ok, type Refusal } from '#kernel/result.ts';
import { bodyRefusals, parseStrict } from '#platform/body.ts';
import { misfit, validationRefusals } from '#platform/validation.ts';
import { assess, AssessmentRequest, type Determination, type Pack } from '#modules/rulebook/index.ts';
import type { Mapping } from './mapping.ts';
import { type Input, type Item, type Made, parcelsOf, type Wrong } from './parcels.ts';
import type { Packs } from './packs.ts';
import { Output } from './output.ts';
import type { Meter } from './read.ts';
import { missingWords, Summary } from './summary.ts';
import { type Exit, exit, Progress, type Terminal } from './terminal.ts';

/** What `portolan assess` was asked. */
export interface AssessOptions {
  readonly input: Input;
  readonly packs: Packs;
  /** An economy, a union (each parcel then goes to the member it is bound for), or null: the destination decides. */
  readonly economy: string | null;
  /** The legal day for all parcels; without it the mapping's day, else today in the economy. */
  readonly on: Day | null;
  readonly out: string | null;
  readonly meter: Meter;
}

const requests = Compile(AssessmentRequest);

/** What is known of one parcel once it has been looked at; one line of the results file. */
interface Assessed {
  readonly outcome: string;
  /** What the summary counts it under within its outcome. */
  readonly part: string;
  readonly economy: string | null;
  readonly day: string | null;
  readonly determination: Determination | null;
  readonly wrong: readonly Wrong[];
}

const unread = (outcome: string, part: string, wrong: readonly Wrong[] = []): Assessed => ({
  outcome,
  part,
  economy: null,
  day: null,
  determination: null,
  wrong,
});

/** The first thing wrong, as the summary counts it. */
const whyOf = ([first]: readonly Wrong[]): string => `${first?.code ?? ''} ${first?.pointer ?? ''}`.trimEnd();

/** The request that a parcel makes: a mapped body, or a line that is a whole parcel or a whole request already. */
function requestOf(item: Made, mapping: Mapping | null): AssessmentRequest | readonly Wrong[] {
  const parsed = typeof item.body === 'string' ? parseStrict(item.body) : ok(item.body);
  if (!parsed.ok) return wrongOf(parsed.error);
  const { value } = parsed;
  const whole = typeof value === 'object' && value !== null && 'consignment' in value;
  const assumed = mapping === null ? {} : { assumed: mapping.assumed };
  const request: unknown = whole ? value : { consignment: value, ...assumed };
  if (requests.Check(request)) return request;
  const wrong = wrongOf(misfit(requests, request) ?? { code: 'http/invalid' });
  return whole ? wrong : wrong.map((one) => ({ ...one, pointer: one.pointer.replace(/^\/consignment/, '') }));
}

const titles: Catalogue = { ...bodyRefusals, ...validationRefusals };

/** A refusal as a list of what is wrong, in the words of its title. */
const wrongOf = (refusal: Refusal): Wrong[] =>
  (refusal.more !== undefined && refusal.pointer === undefined ? refusal.more : [refusal, ...(refusal.more ?? [])]).map(
    ({ code, pointer = '', params = {} }) => ({
      code,
      pointer,
      detail: [
        `${titles[code]?.title ?? code}.`,
        ...Object.entries(params).map(([name, value]) => `${name}: ${value}`),
      ].join(' '),
    }),
  );

/**
 * The pack that speaks for a parcel, or the words for why none does. A union speaks for a member without a pack of its
 * own.
 */
function packFor(packs: Packs, economy: string | null, destination: string | undefined): Pack | string {
  const named = economy === null ? null : packs.get(economy);
  if (named !== null && named.country !== null) return named;
  if (destination === undefined) return 'missing declaration.destination';
  return packs.leafOf(destination, economy) ?? named ?? `no rates for ${destination}`;
}

/** What a determination comes to, in the order in which a window decides. */
function resultOf(determination: Determination): { outcome: string; part: string } {
  const led = Object.entries(determination.leads);
  for (const outcome of ['rejected', 'denied'] as const) {
    const first = led.find(([, lead]) => lead === outcome);
    if (first !== undefined) return { outcome, part: first[0] };
  }
  if (determination.otherRoute !== null) return { outcome: 'other-route', part: determination.otherRoute };
  const other = led.find(([, lead]) => lead === 'other-route');
  if (other !== undefined) return { outcome: 'other-route', part: other[0] };
  if (!determination.decided) return { outcome: 'cannot-decide', part: missingWords(determination.missing) };
  const control = led.find(([, lead]) => lead === 'control');
  if (control !== undefined) return { outcome: 'control', part: control[0] };
  return { outcome: 'charges', part: `route ${determination.route ?? ''}` };
}

/** Works out one parcel; nothing is stored anywhere. */
export function assessItem(item: Item, options: Omit<AssessOptions, 'out' | 'meter'>, now: string): Assessed {
  if (item.kind === 'set-aside') return unread('set aside', item.reason);
  if (item.kind === 'unreadable') return unread('refused', whyOf(item.wrong), item.wrong);
  const request = requestOf(item, options.input.mapping);
  if (!('consignment' in request)) return unread('refused', whyOf(request), request);
  const { declaration } = request.consignment;
  const destination = declaration.destination ?? declaration.consignee?.address.country;
  const pack = packFor(options.packs, options.economy ?? request.economy ?? null, destination);
  if (typeof pack === 'string') return unread('cannot-decide', pack);
  const on =
    options.on ??
    (request.on === undefined ? undefined : parseDay(request.on)) ??
    item.day ??
    dayIn(now, pack.timeZone);
  const determination = assess(pack, {
    consignment: request.consignment,
    on,
    event: request.event ?? 'entry',
    accounts: request.assumed ?? {},
  });
  return { ...resultOf(determination), economy: pack.id, day: on, determination, wrong: [] };
}

/** One line of the results file: enough to see why, and not the steps, which the same command gives again. */
function lineOf(item: Item, { determination, ...found }: Assessed): unknown {
  const { file, line, key, rows } = item;
  if (determination === null) return { file, line, key, rows, ...found };
  const { checks, ...rest } = determination;
  const telling = checks.filter((check) => check.result === 'failed' || check.result === 'unknown');
  return { file, line, key, rows, ...found, ...rest, checks: telling };
}

/** `portolan assess`: what every parcel of the files would meet, without a window. */
export async function assessAll(options: AssessOptions, terminal: Terminal): Promise<{ code: Exit; summary: Summary }> {
  const summary = new Summary();
  const progress = new Progress(terminal, options.meter, 'parcels assessed');
  const output = options.out === null ? null : await Output.open(options.out);
  const now = terminal.clock.instant();
  for await (const item of parcelsOf(options.input, options.meter)) {
    const found = assessItem(item, options, now);
    const totals = found.determination?.totals ?? null;
    const border = totals === null ? null : parseMoney(totals.border);
    const owed = found.outcome === 'charges' && border?.ok === true ? border.value : null;
    summary.add(found.outcome, found.part, item.rows, owed);
    if (item.kind === 'parcel') summary.leave(item.leftOut);
    await output?.write(lineOf(item, found));
    progress.tick(summary.parcels);
  }
  await output?.close();
  progress.end(summary.parcels);
  terminal.out(summary.table());
  const clean = summary.of('charges') + summary.of('set aside') === summary.parcels;
  return { code: clean ? exit.done : exit.refused, summary };
}
