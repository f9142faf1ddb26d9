import { systemClock } from '#platform/clock.ts';
import { ids } from '#modules/demo/index.ts';
import { type Kind, type Outcome, type Ready, serve } from './child.ts';
import { type Client, openClients } from './client.ts';
import { benchParcel, benchParcels, keyOf, mix, type Parcels, sendingOrder, spoilt } from './mix.ts';

/** What the load generator is asked to do. Everything is made before the clock starts. */
export interface Task {
  readonly port: number;
  /** Parcels one by one, or a scan at the gate of each of their pieces. */
  readonly what?: 'parcels' | 'scans';
  readonly parcels: Parcels;
  readonly count: number;
  readonly connections: number;
  /** Requests a second, by the clock; null for a closed loop, in which each connection sends when it was answered. */
  readonly rate: number | null;
  /** After how many seconds a closed loop ends, when it does not run out of parcels before. */
  readonly seconds?: number;
}

/** What came of it, with the latencies. */
export interface LoadOutcome extends Outcome {
  /** Milliseconds, sorted; in the open loop from the moment at which the request was due. */
  readonly latencies: Float64Array;
  /** Requests of an open loop that were never sent, because the answers fell too far behind. */
  readonly unsent: number;
}

interface Prepared {
  readonly kind: Kind;
  readonly status: number;
  readonly bytes: Buffer;
}

function requestOf(sender: string, line: string, body = ''): Buffer {
  const head = [
    `${line} HTTP/1.1`,
    'host: 127.0.0.1',
    `authorization: Bearer ${keyOf(sender)}`,
    ...(body === '' ? [] : ['content-type: application/json', `content-length: ${Buffer.byteLength(body)}`]),
  ];
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`);
}

/**
 * What is to be sent, in one piece of memory: hundreds of thousands of objects of their own would keep the collector of
 * this process busy for longer than the answers take that are measured here.
 */
class Requests {
  readonly length: number;
  readonly #bytes: Buffer;
  readonly #ends: Float64Array;
  readonly #kinds: readonly Kind[];
  readonly #statuses: readonly number[];

  constructor(requests: readonly Prepared[]) {
    this.length = requests.length;
    this.#bytes = Buffer.concat(requests.map(({ bytes }) => bytes));
    let end = 0;
    this.#ends = Float64Array.from(requests, ({ bytes }) => (end += bytes.length));
    this.#kinds = requests.map(({ kind }) => kind);
    this.#statuses = requests.map(({ status }) => status);
  }

  at(index: number): Prepared {
    const bytes = this.#bytes.subarray(this.#ends[index - 1] ?? 0, this.#ends[index]);
    return { kind: this.#kinds[index]!, status: this.#statuses[index]!, bytes };
  }
}

/** How far behind its first sending a parcel is sent again: far enough that the first answer has been given. */
const replayBehind = 1_000;

function filings({ parcels, count }: Task): Prepared[] {
  const at = systemClock.now();
  const fresh = sendingOrder(count).flatMap((index) => {
    const made = benchParcel(parcels, index, at);
    return made === null ? [] : [{ filer: made.filer, raw: made.raw }];
  });
  const file = (kind: Kind, filer: string, raw: string): Prepared => ({
    kind,
    status: kind === 'refused' ? 400 : 201,
    bytes: requestOf(filer, 'POST /v1/consignments', raw),
  });
  const requests: Prepared[] = [];
  for (const [place, { filer, raw }] of fresh.entries()) {
    requests.push(file('fresh', filer, raw));
    const draw = (place * 613) % 1_000;
    const again = fresh[place - replayBehind];
    if (draw < mix.replayedPermille && again !== undefined) requests.push(file('replayed', again.filer, again.raw));
    else if (draw >= 1_000 - mix.refusedPermille) requests.push(file('refused', filer, spoilt(raw)));
  }
  return requests;
}

/** The operator scans each piece, neighbours far apart. */
function scans({ parcels, count }: Task): Prepared[] {
  const barcodes = [...benchParcels(parcels, count, systemClock.now())].flatMap((one) => one.barcodes);
  return sendingOrder(barcodes.length).map((index) => ({
    kind: 'fresh',
    status: 200,
    bytes: requestOf(ids.operator, `GET /v1/scans/${barcodes[index]}`),
  }));
}

class Tally {
  readonly latencies: number[] = [];
  readonly counts: Record<Kind, number> = { fresh: 0, replayed: 0, refused: 0 };
  readonly wrong: Record<string, number> = {};
  unsent = 0;

  note({ kind, status: wanted }: Prepared, status: number, ms: number): void {
    this.latencies.push(ms);
    if (status === wanted) this.counts[kind] += 1;
    else this.wrong[`${kind} ${status}`] = (this.wrong[`${kind} ${status}`] ?? 0) + 1;
  }
}

/** Requests on their way to the window, until there are none left or somebody says stop. */
abstract class Loop {
  readonly tally = new Tally();
  protected readonly clients: readonly Client[];
  protected readonly requests: Requests;
  protected next = 0;
  protected underWay = 0;
  protected stopped = false;

  constructor(clients: readonly Client[], requests: Requests) {
    this.clients = clients;
    this.requests = requests;
  }

  abstract run(): Promise<void>;

  stop(): void {
    this.stopped = true;
  }

  protected get over(): boolean {
    return this.stopped || this.next === this.requests.length;
  }
}

/** Each connection sends its next request when the last one was answered. */
class ClosedLoop extends Loop {
  override run(): Promise<void> {
    return new Promise((resolve) => {
      const send = (client: Client): void => {
        if (this.over) return void (this.underWay === 0 && resolve());
        const request = this.requests.at(this.next);
        this.next += 1;
        this.underWay += 1;
        const from = performance.now();
        client.send(request.bytes, (status) => {
          this.underWay -= 1;
          this.tally.note(request, status, performance.now() - from);
          if (status !== 0) send(client);
          else if (this.underWay === 0) resolve();
        });
      };
      for (const client of this.clients) send(client);
    });
  }
}

/** How many times the planned length an open loop may take before it gives up on what it has not sent. */
const patience = 3;

/**
 * Requests fall due by the clock, whatever the answers do; one that finds no free connection waits, and its wait
 * counts. What was not even sent when patience ends counts with the time it had waited by then.
 */
class OpenLoop extends Loop {
  readonly #rate: number;

  constructor(clients: readonly Client[], requests: Requests, rate: number) {
    super(clients, requests);
    this.#rate = rate;
  }

  override run(): Promise<void> {
    return new Promise((resolve) => {
      const free = [...this.clients];
      const start = performance.now();
      const dueAt = (index: number): number => start + (index * 1_000) / this.#rate;
      const giveUpMs = (patience * this.requests.length * 1_000) / this.#rate;
      const pump = (): void => {
        const now = performance.now();
        const due = Math.min(this.requests.length, Math.floor(((now - start) * this.#rate) / 1_000) + 1);
        if (now - start > giveUpMs && !this.over) {
          for (let index = this.next; index < due; index += 1) this.tally.latencies.push(now - dueAt(index));
          this.tally.unsent = due - this.next;
          this.stop();
        }
        while (!this.over && this.next < due && free.length > 0) this.#send(free, dueAt(this.next));
        if (!this.over || this.underWay > 0) return;
        clearInterval(timer);
        resolve();
      };
      const timer = setInterval(pump, 1);
      pump();
    });
  }

  #send(free: Client[], dueAt: number): void {
    const client = free.pop()!;
    const request = this.requests.at(this.next);
    this.next += 1;
    this.underWay += 1;
    client.send(request.bytes, (status) => {
      this.underWay -= 1;
      this.tally.note(request, status, performance.now() - dueAt);
      free.push(client);
    });
  }
}

async function prepare(task: Task): Promise<Ready<LoadOutcome>> {
  const requests = new Requests(task.what === 'scans' ? scans(task) : filings(task));
  // What making them left behind is swept away before the clock starts.
  globalThis.gc?.();
  const clients = await openClients(task.port, task.connections);
  const loop = task.rate === null ? new ClosedLoop(clients, requests) : new OpenLoop(clients, requests, task.rate);
  const { tally } = loop;
  return {
    async go() {
      const start = performance.now();
      const end = task.seconds === undefined ? undefined : setTimeout(() => loop.stop(), task.seconds * 1_000);
      await loop.run();
      const seconds = (performance.now() - start) / 1_000;
      clearTimeout(end);
      for (const client of clients) client.close();
      const { fresh: accepted, replayed, refused } = tally.counts;
      const latencies = Float64Array.from(tally.latencies).sort();
      const { wrong, unsent } = tally;
      return { seconds, accepted, replayed, refused, wrong, latencies, unsent, cpuSeconds: 0 };
    },
    stop: () => loop.stop(),
    accepted: () => tally.counts.fresh,
  };
}

serve(prepare);
