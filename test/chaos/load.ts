import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { ids, type Invented, parcel, type ParcelOptions } from '#modules/demo/index.ts';
import { type Slip, slipsOf } from '../support/slips.ts';
import { keyOf } from './prepare.ts';

/** A generator of numbers below one (mulberry32): the same seed gives the same kills in the same order. */
export function numbersFrom(start: number): () => number {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Few consumers, so that yearly quotas are used up and given back while everything falls over. */
const buyers = 400;
const answerWithinMs = 20_000;
const pauseMs = 40;
const bulkLines = 300;
const landedAtOnce = 60;

/**
 * Everybody who sends, at once and without end until it is over: single parcels, uploads, slips of separate senders,
 * manifests and arrivals. What was acknowledged is written down; what was not is sent again.
 */
export class Load {
  /** What the window answered for each declaration it took, and what was sent whether or not there was an answer. */
  readonly acknowledged = new Map<string, string>();
  readonly sent = new Map<string, Invented>();
  /** The receipt of each slip, by kind, sender and number; and the declarations that came as slips. */
  readonly receipts = new Map<string, string>();
  readonly slipped = new Set<string>();
  readonly landed = new Set<string>();
  /** Answers of 503, and those of them that did not say when to come back. */
  readonly refused = { times: 0, withoutTime: 0 };
  over = false;
  readonly #origin: () => string;
  readonly #seed: number;
  readonly #chance: () => number;
  #number = 0;
  #flights = 0;

  constructor(origin: () => string, seed: number) {
    this.#origin = origin;
    this.#seed = seed;
    this.#chance = numbersFrom(seed + 1);
  }

  #make(run: string, more: Partial<ParcelOptions> = {}): Invented {
    this.#number += 1;
    return parcel({ seed: this.#seed, index: this.#number, at: Date.now(), run, buyers, ...more });
  }

  next(): Invented {
    const one = this.#make('CHAOS');
    this.sent.set(one.body.declaration.id, one);
    return one;
  }

  /** Asks the window as it is reached now; undefined where nobody answered, or it was asked to come back. */
  async ask(as: string, method: string, path: string, body?: string): Promise<string | undefined> {
    const headers = { authorization: `Bearer ${keyOf(as)}`, ...(body ? { 'content-type': 'application/json' } : {}) };
    const signal = AbortSignal.timeout(answerWithinMs);
    try {
      const told = await fetch(this.#origin() + path, { method, headers, signal, ...(body ? { body } : {}) });
      const text = await told.text();
      if (told.status === 503) {
        this.refused.times += 1;
        if (!told.headers.has('retry-after')) this.refused.withoutTime += 1;
      }
      const later = told.status === 429 || told.status >= 500 || text.includes('clearance/key-busy');
      if (later) return undefined;
      assert.ok(told.status < 300, `${path} ${told.status} ${text}`);
      return text;
    } catch (error) {
      if (error instanceof assert.AssertionError) throw error;
      return undefined;
    }
  }

  /** Asks until there is an answer; undefined where it is over before. */
  async insist(as: string, method: string, path: string, body: string): Promise<string | undefined> {
    while (!this.over) {
      const text = await this.ask(as, method, path, body);
      if (text !== undefined) return text;
      await delay(2 * pauseMs);
    }
    return undefined;
  }

  #note(declaration: string, id: string): void {
    const before = this.acknowledged.get(declaration);
    assert.ok(before === undefined || before === id, `${declaration} was answered with two ids`);
    this.acknowledged.set(declaration, id);
  }

  async single(): Promise<void> {
    while (!this.over) {
      const { raw, body, filer } = this.next();
      const text = await this.insist(filer, 'POST', '/v1/consignments', raw);
      if (text !== undefined) this.#note(body.declaration.id, JSON.parse(text).id);
      await delay(pauseMs);
    }
  }

  /** Uploads of a few hundred lines. Of one that breaks off, each whole line that came counts, and it is sent again. */
  async bulk(): Promise<void> {
    while (!this.over) {
      const all = Array.from({ length: bulkLines }, () => this.next());
      // Each filer's lines in an upload of his own.
      for (const filer of [ids.agent, ids.post]) {
        const some = all.filter((one) => one.filer === filer);
        while (!this.over && (await this.#upload(filer, some)) < some.length) await delay(2 * pauseMs);
      }
      await delay(5 * pauseMs);
    }
  }

  async #upload(filer: string, some: readonly Invented[]): Promise<number> {
    const headers = { authorization: `Bearer ${keyOf(filer)}`, 'content-type': 'application/x-ndjson' };
    const body = some.map(({ raw }) => raw).join('\n');
    const signal = AbortSignal.timeout(answerWithinMs);
    const lines: string[] = [];
    try {
      const told = await fetch(`${this.#origin()}/v1/consignments/bulk`, { method: 'POST', headers, body, signal });
      let text = '';
      for await (const chunk of told.body!.pipeThrough(new TextDecoderStream())) {
        text += chunk;
        const whole = text.split('\n');
        text = whole.pop() ?? '';
        lines.push(...whole);
      }
    } catch {
      // It broke off: what came whole was answered.
    }
    let taken = 0;
    for (const line of lines.filter((one) => one.startsWith('{"line"'))) {
      const { line: number, status, answer } = JSON.parse(line);
      if (status !== 201) continue;
      this.#note(some[number - 1]!.body.declaration.id, answer.id);
      taken += 1;
    }
    return taken;
  }

  /** The slips of a parcel from their senders, in any order, some of them twice. */
  async slips(): Promise<void> {
    while (!this.over) {
      // Each to somebody else: what goes over a quota is handed in anew, and its slips wait for that.
      const made = this.#make('SLIPS', { kind: 'low-value', buyer: buyers + this.#number });
      const slips = slipsOf(made.body, made.filer)
        .map((slip) => ({ slip, place: this.#chance() }))
        .toSorted((a, b) => a.place - b.place);
      this.slipped.add(made.body.declaration.id);
      for (const { slip, place } of slips) {
        await this.#hand(slip);
        if (place > 0.75) await this.#hand(slip);
      }
      await delay(pauseMs);
    }
  }

  /** Hands in a slip until it is received, also after it is over: a parcel of which half came would only wait. */
  async #hand(slip: Slip): Promise<void> {
    for (;;) {
      const text = await this.ask(slip.as, 'POST', `/v1/${slip.kind}s`, JSON.stringify(slip.body));
      if (text === undefined) {
        await delay(2 * pauseMs);
        continue;
      }
      const { id } = JSON.parse(text);
      const before = this.receipts.get(slip.url);
      assert.ok(before === undefined || before === id, `${slip.url} was received under two ids`);
      this.receipts.set(slip.url, id);
      return;
    }
  }

  /** Lands what was acknowledged, a master bill at a time, by air and by post. */
  async landing(): Promise<void> {
    while (!this.over) {
      await delay(10 * pauseMs);
      const ready = [...this.acknowledged.keys()].filter((one) => !this.landed.has(one)).slice(0, landedAtOnce);
      const parcels = ready.map((declaration) => this.sent.get(declaration)!);
      for (const post of [false, true]) {
        const mine = parcels.filter(({ kind, house }) => (kind === 'gift') === post && house !== '');
        if (mine.length > 0) await this.#land(mine, post);
      }
      if (!this.over) for (const one of ready) this.landed.add(one);
    }
  }

  async #land(parcels: readonly Invented[], post: boolean): Promise<void> {
    this.#flights += 1;
    const master = `CHAOS-${this.#flights}`;
    const [carrier, operator] = post ? [ids.post, ids.post] : [ids.carrier, ids.operator];
    const lines = parcels.map(({ house, barcodes }) => ({ house, pieces: barcodes.length, barcodes }));
    const manifest = { master, carrier, mode: post ? 'post' : 'air', lines };
    const place = post ? 'XP-POST-HALL' : 'XP-CAPO-AIR';
    const allExcept = { missing: [], extra: [] };
    const landed = new Date().toISOString();
    await this.insist(carrier, 'POST', '/v1/manifests', JSON.stringify(manifest));
    const arrival = { reference: master, master, operator, place, landed, allExcept };
    await this.insist(operator, 'POST', '/v1/arrivals', JSON.stringify(arrival));
  }

  /** Sets everybody going; settles when it is over and each has ended what he was doing. */
  async run(singles: number): Promise<void> {
    const all = Array.from({ length: singles }, () => this.single());
    await Promise.all([...all, this.bulk(), this.slips(), this.slips(), this.landing()]);
  }

  /** Sends again what nobody answered, so that each declaration has its answer; says how many were answered before. */
  async finish(): Promise<number> {
    const before = this.acknowledged.size;
    for (const [declaration, { raw, filer }] of this.sent)
      while (!this.acknowledged.has(declaration)) {
        const text = await this.ask(filer, 'POST', '/v1/consignments', raw);
        if (text === undefined) await delay(pauseMs);
        else this.#note(declaration, JSON.parse(text).id);
      }
    return before;
  }
}
