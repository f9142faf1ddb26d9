import { setImmediate as turn } from 'node:timers/promises';
import { refuse, type Result } from '#kernel/result.ts';
import type { Principal } from '#platform/auth.ts';
import type { Context } from '#platform/context.ts';
import { type Line, type LineAnswer, lineBytesMax, linesOf } from '#platform/ndjson.ts';
import { lodge, readConsignment } from './lodge.ts';
import { batchBulkMax } from './writer.ts';

/**
 * Places for lines that are being decided at one time, of one upload and of all; further ones are not read before. Two
 * batches at work and one that gathers: what waited longer would only grow old in memory, and collecting that makes
 * everybody wait.
 */
const placesMax = 3 * batchBulkMax;
/** Characters to which a line is entitled in its place; a longer one takes as many places as it fills. */
const placeCharacters = 20_000;

/** Milliseconds that an upload reads in one go; then everybody else has his turn, and single filers wait no longer. */
const sliceMs = 2;

/** Says who is sending, as it stands now: a right that ended while an upload runs ends for its next lines. */
export type Who = () => Promise<Result<Principal>>;

/** So many places; whoever finds too few waits until they are given back, and whoever comes after him waits too. */
class Room {
  #free: number;
  readonly #waiting: { readonly places: number; readonly enter: () => void }[] = [];

  constructor(places: number) {
    this.#free = places;
  }

  async take(places = 1): Promise<void> {
    if (this.#waiting.length === 0 && this.#free >= places) this.#free -= places;
    else await new Promise<void>((enter) => this.#waiting.push({ places, enter }));
  }

  give(places = 1): void {
    this.#free += places;
    for (let [next] = this.#waiting; next !== undefined && next.places <= this.#free; [next] = this.#waiting) {
      this.#waiting.shift();
      this.#free -= next.places;
      next.enter();
    }
  }
}

const allUploads = new Room(placesMax);

const placesOf = (line: Line): number => ('text' in line ? Math.ceil(line.text.length / placeCharacters) : 1);

async function answerTo(context: Context, who: Who, line: Line): Promise<Result<string>> {
  if ('unreadable' in line) return refuse(line.unreadable, { params: { limit: String(lineBytesMax) } });
  const read = readConsignment.read(line.text);
  if (!read.ok) return read;
  const principal = await who();
  return principal.ok ? lodge(context, principal.value, read.value, line.text, 'bulk') : principal;
}

/** One line on its way: settled once its answer is there, or the fault that ends the whole upload. */
interface UnderWay {
  answer?: LineAnswer;
  fault?: unknown;
}

class Upload {
  readonly #decide: (line: Line) => Promise<Result<string>>;
  readonly #underWay: UnderWay[] = [];
  readonly #room = new Room(placesMax);
  #over = false;
  #stopped = false;
  #broken: unknown;
  #wake = (): void => undefined;

  constructor(decide: (line: Line) => Promise<Result<string>>) {
    this.#decide = decide;
  }

  /** Reads lines as there is room for them, until there are none or nobody wants answers any more. */
  async read(chunks: AsyncIterable<Buffer>): Promise<void> {
    try {
      let began = performance.now();
      for await (const line of linesOf(chunks)) {
        await this.#room.take();
        if (this.#stopped) break;
        await allUploads.take(placesOf(line));
        void this.#take(line);
        if (performance.now() - began < sliceMs) continue;
        await turn();
        began = performance.now();
      }
    } catch (error) {
      this.#broken = error;
    }
    this.#over = true;
    this.#wake();
  }

  async #take(line: Line): Promise<void> {
    const mine: UnderWay = {};
    this.#underWay.push(mine);
    try {
      mine.answer = { line: line.number, result: await this.#decide(line) };
    } catch (error) {
      mine.fault = error;
    }
    allUploads.give(placesOf(line));
    if (this.#underWay[0] === mine) this.#wake();
  }

  /** The answers that are there, in their order; null when there will be none any more. */
  async next(): Promise<LineAnswer[] | null> {
    for (;;) {
      const open = this.#underWay.findIndex(({ answer }) => answer === undefined);
      const settled = this.#underWay.splice(0, open < 0 ? this.#underWay.length : open);
      for (const _ of settled) this.#room.give();
      if (settled.length > 0) return settled.map(({ answer }) => answer!);
      const [first] = this.#underWay;
      if (first?.fault !== undefined) throw first.fault;
      if (first === undefined && this.#broken !== undefined) throw this.#broken;
      if (first === undefined && this.#over) return null;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  stop(): void {
    this.#stopped = true;
    this.#room.give();
  }
}

/**
 * Takes parcels whole, one a line, and answers each line in its order, as many at a time as are there. Every answer
 * stands for a committed row; a bad line stops nothing. No more is read than is being decided, and no more is decided
 * than was taken away. Sent again from the beginning or from anywhere, every line is answered as before.
 */
export async function* upload(
  context: Context,
  who: Who,
  chunks: AsyncIterable<Buffer>,
): AsyncGenerator<readonly LineAnswer[]> {
  const running = new Upload((line) => answerTo(context, who, line));
  const reading = running.read(chunks);
  try {
    for (let answers = await running.next(); answers !== null; answers = await running.next()) yield answers;
  } finally {
    running.stop();
    await reading;
  }
}
