import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { systemClock } from '#platform/clock.ts';
import { type Kind, type Outcome, type Ready, serve } from './child.ts';
import { type Upload, uploadHeaders, uploadsOf } from './lines.ts';
import type { Parcels } from './mix.ts';

/** What the uploading process is asked to do. Every line is made and on disk before the clock starts. */
export interface UploadTask {
  readonly port: number;
  readonly as: 'parcels' | 'slips';
  readonly parcels: Parcels;
  readonly count: number;
}

const lineFeed = 10;
/** So much of an answer says which line it is about and its status. */
const headBytes = 64;
const answerHead = /^\{"line":(\d+),"status":(\d+)/;

const expected: Readonly<Record<Kind, number>> = { fresh: 201, replayed: 201, refused: 400 };

/** The answers to one upload: each is looked at, and has to be about the next line. */
class Answers {
  readonly counts: Record<Kind, number> = { fresh: 0, replayed: 0, refused: 0 };
  readonly wrong: Record<string, number> = {};
  lines = 0;
  readonly #kinds: ReadonlyMap<number, Kind>;
  readonly #head = Buffer.alloc(headBytes);
  #had = 0;

  constructor(kinds: ReadonlyMap<number, Kind>) {
    this.#kinds = kinds;
  }

  take(chunk: Buffer): void {
    for (let from = 0; from <= chunk.length; ) {
      const end = chunk.indexOf(lineFeed, from);
      const until = Math.min(end < 0 ? chunk.length : end, from + headBytes - this.#had);
      this.#had += chunk.copy(this.#head, this.#had, from, until);
      if (end < 0) return;
      this.#line(this.#head.toString('latin1', 0, this.#had));
      this.#had = 0;
      from = end + 1;
    }
  }

  #line(head: string): void {
    this.lines += 1;
    const [, line, status] = answerHead.exec(head) ?? [];
    const kind = this.#kinds.get(this.lines) ?? 'fresh';
    if (Number(line) === this.lines && Number(status) === expected[kind]) this.counts[kind] += 1;
    else this.note(Number(line) === this.lines ? `${kind} ${status}` : `line ${line} instead of ${this.lines}`);
  }

  note(what: string): void {
    this.wrong[what] = (this.wrong[what] ?? 0) + 1;
  }
}

/**
 * An HTTP answer whose body comes in chunks, taken apart where it lies, so that the generator takes little of the
 * machine.
 */
class Chunked {
  status = 0;
  over = false;
  readonly #take: (bytes: Buffer) => void;
  /** The head, or the line with the size of the next chunk, as far as it has come. */
  #text = '';
  #left = 0;

  constructor(take: (bytes: Buffer) => void) {
    this.#take = take;
  }

  read(bytes: Buffer): void {
    for (let at = 0; at < bytes.length && !this.over; ) {
      if (this.#left > 0) {
        const part = bytes.subarray(at, at + this.#left);
        this.#take(part);
        this.#left -= part.length;
        at += part.length;
        continue;
      }
      const end = bytes.indexOf(lineFeed, at);
      this.#text += bytes.toString('latin1', at, end < 0 ? bytes.length : end);
      at = end < 0 ? bytes.length : end + 1;
      if (end >= 0) this.#line(this.#text.trimEnd());
    }
  }

  /** A whole line that is not part of the body. */
  #line(line: string): void {
    this.#text = '';
    if (this.status === 0) this.status = Number(line.slice(9, 12));
    if (this.status !== 200) this.over = true;
    else if (/^[0-9a-f]+$/.test(line)) {
      this.#left = Number.parseInt(line, 16);
      this.over = this.#left === 0;
    }
  }
}

/** What comes in is read into one place, over and over. */
const readBytes = 1 << 18;

/** One upload: its lines go out as fast as the window reads them, and its answers come in at the same time. */
class Sending {
  readonly answers: Answers;
  readonly #upload: Upload;
  readonly #port: number;
  #sent = 0;
  #stopped = false;

  constructor(port: number, upload: Upload) {
    this.answers = new Answers(upload.lines.kinds);
    this.#upload = upload;
    this.#port = port;
  }

  async run(): Promise<void> {
    const answer = new Chunked((bytes) => this.answers.take(bytes));
    const socket = this.#connect(answer);
    const closed = new Promise((resolve, reject) => socket.once('close', resolve).once('error', reject));
    await Promise.all([this.#send(socket), closed]);
    const { path } = this.#upload;
    if (answer.status !== 200 || !answer.over)
      this.answers.note(`${path} ${answer.status} ${answer.over ? '' : 'cut'}`);
    if (this.answers.lines !== this.#sent)
      this.answers.note(`${path}: ${this.answers.lines} answers to ${this.#sent} lines`);
  }

  stop(): void {
    this.#stopped = true;
  }

  /** A connection that is closed when the answer is whole. */
  #connect(answer: Chunked): Socket {
    const read = (length: number, bytes: Uint8Array): boolean => {
      answer.read(Buffer.from(bytes.buffer, bytes.byteOffset, length));
      if (answer.over) socket.destroy();
      return true;
    };
    const onread = { buffer: Buffer.alloc(readBytes), callback: read };
    const socket = connect({ host: '127.0.0.1', port: this.#port, noDelay: true, onread });
    return socket;
  }

  async #send(socket: Socket): Promise<void> {
    const { path, sender, lines } = this.#upload;
    const headers = { host: '127.0.0.1', ...uploadHeaders(sender), 'transfer-encoding': 'chunked' };
    const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
    socket.write(`${[`POST ${path} HTTP/1.1`, ...head].join('\r\n')}\r\n\r\n`);
    for await (const chunk of lines.chunks()) {
      if (this.#stopped || socket.destroyed) break;
      this.#sent += chunk.lines;
      if (socket.write(chunk.bytes)) continue;
      const waited = new AbortController();
      const either = ['drain', 'close'].map((what) => once(socket, what, { signal: waited.signal }));
      await Promise.race(either).finally(() => waited.abort());
    }
    if (!socket.destroyed) socket.write('0\r\n\r\n');
  }
}

/** What all uploads together came to. */
function total(sendings: readonly Sending[], seconds: number): Outcome {
  const sum = (kind: Kind): number => sendings.reduce((count, { answers }) => count + answers.counts[kind], 0);
  const wrong: Record<string, number> = {};
  for (const { answers } of sendings)
    for (const [what, count] of Object.entries(answers.wrong)) wrong[what] = (wrong[what] ?? 0) + count;
  return {
    seconds,
    accepted: sum('fresh'),
    replayed: sum('replayed'),
    refused: sum('refused'),
    wrong,
    cpuSeconds: 0,
  };
}

function prepare({ port, as, parcels, count }: UploadTask): Promise<Ready<Outcome>> {
  const uploads = uploadsOf(as, parcels, count, systemClock.now());
  let sendings: Sending[] = [];
  return Promise.resolve({
    async go() {
      const start = performance.now();
      sendings = uploads.map((upload) => new Sending(port, upload));
      await Promise.all(sendings.map((one) => one.run()));
      return total(sendings, (performance.now() - start) / 1_000);
    },
    stop: () => {
      for (const one of sendings) one.stop();
    },
    accepted: () => sendings.reduce((sum, { answers }) => sum + answers.counts.fresh, 0),
  });
}

serve(prepare);
