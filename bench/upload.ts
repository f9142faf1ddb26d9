import { once } from 'node:events';
import { Agent, type ClientRequest, type IncomingMessage, request } from 'node:http';
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

/** One upload: its lines go out as fast as the window reads them, and its answers come in at the same time. */
class Sending {
  readonly answers: Answers;
  readonly #upload: Upload;
  readonly #request: ClientRequest;
  #sent = 0;
  #stopped = false;

  constructor(port: number, agent: Agent, upload: Upload) {
    this.answers = new Answers(upload.lines.kinds);
    this.#upload = upload;
    const { path, sender } = upload;
    this.#request = request({ host: '127.0.0.1', port, path, method: 'POST', agent, headers: uploadHeaders(sender) });
  }

  async run(): Promise<void> {
    await Promise.all([this.#send(), this.#hear()]);
    if (this.answers.lines !== this.#sent)
      this.answers.note(`${this.#upload.path}: ${this.answers.lines} answers to ${this.#sent} lines`);
  }

  stop(): void {
    this.#stopped = true;
  }

  async #send(): Promise<void> {
    for await (const { bytes, lines } of this.#upload.lines.chunks()) {
      if (this.#stopped) break;
      this.#sent += lines;
      if (!this.#request.write(bytes)) await once(this.#request, 'drain');
    }
    this.#request.end();
  }

  async #hear(): Promise<void> {
    const [response] = (await once(this.#request, 'response')) as [IncomingMessage];
    if (response.statusCode !== 200) this.answers.note(`${this.#upload.path} ${response.statusCode}`);
    for await (const chunk of response) this.answers.take(chunk as Buffer);
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
  const agent = new Agent({ keepAlive: false });
  let sendings: Sending[] = [];
  return Promise.resolve({
    async go() {
      const start = performance.now();
      sendings = uploads.map((upload) => new Sending(port, agent, upload));
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
