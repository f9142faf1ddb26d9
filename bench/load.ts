import { systemClock } from '#platform/clock.ts';
import { type Client, openClients } from './client.ts';
import { benchParcel, type Guarantors, keyOf, mix, sendingOrder } from './mix.ts';

/** What the load generator is asked to do. Everything is made before the clock starts. */
export interface Task {
  readonly port: number;
  /** The name of the run, with which every number in it begins. */
  readonly run: string;
  readonly parcels: number;
  readonly guarantors: Guarantors;
  readonly connections: number;
  /** Requests a second, by the clock; null for a closed loop, in which each connection sends when it was answered. */
  readonly rate: number | null;
}

/** What came of it. */
export interface Outcome {
  readonly seconds: number;
  /** Parcels decided and durable: answers 201 to what was sent for the first time. */
  readonly accepted: number;
  readonly replayed: number;
  readonly refused: number;
  /** Answers that the mix does not call for. */
  readonly wrong: Readonly<Record<string, number>>;
  /** Milliseconds, sorted; in the open loop from the moment at which the request was due. */
  readonly latencies: Float64Array;
  readonly bytes: number;
  /** Processor time of the generator itself. */
  readonly cpuSeconds: number;
  /** Requests of an open loop that were never sent, because the answers fell too far behind. */
  readonly unsent: number;
}

type Kind = 'fresh' | 'replayed' | 'refused';
const expected: Readonly<Record<Kind, number>> = { fresh: 201, replayed: 201, refused: 400 };

interface Prepared {
  readonly kind: Kind;
  readonly bytes: Buffer;
}

function requestOf(filer: string, body: string): Buffer {
  const head = [
    'POST /v1/consignments HTTP/1.1',
    'host: 127.0.0.1',
    `authorization: Bearer ${keyOf(filer)}`,
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(body)}`,
  ];
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`);
}

/** How far behind its first sending a parcel is sent again: far enough that the first answer has been given. */
const replayBehind = 1_000;

function prepare({ run, parcels, guarantors }: Task): Prepared[] {
  const at = systemClock.now();
  const fresh = sendingOrder(parcels).map((index) => {
    const { filer, raw } = benchParcel(run, index, guarantors, at);
    return { filer, raw };
  });
  const requests: Prepared[] = [];
  for (const [place, { filer, raw }] of fresh.entries()) {
    requests.push({ kind: 'fresh', bytes: requestOf(filer, raw) });
    const draw = (place * 613) % 1_000;
    const again = fresh[place - replayBehind];
    if (draw < mix.replayedPermille && again !== undefined)
      requests.push({ kind: 'replayed', bytes: requestOf(again.filer, again.raw) });
    else if (draw >= 1_000 - mix.refusedPermille)
      requests.push({ kind: 'refused', bytes: requestOf(filer, raw.replace('"movement":"import"', '"movement":"?"')) });
  }
  return requests;
}

class Tally {
  readonly latencies: number[] = [];
  readonly counts: Record<Kind, number> = { fresh: 0, replayed: 0, refused: 0 };
  readonly wrong: Record<string, number> = {};
  unsent = 0;

  note(kind: Kind, status: number, ms: number): void {
    this.latencies.push(ms);
    if (status === expected[kind]) this.counts[kind] += 1;
    else this.wrong[`${kind} ${status}`] = (this.wrong[`${kind} ${status}`] ?? 0) + 1;
  }

  get total(): number {
    return this.latencies.length;
  }
}

/** Each connection sends its next request when the last one was answered. */
function closedLoop(clients: readonly Client[], requests: readonly Prepared[], tally: Tally): Promise<void> {
  return new Promise((resolve) => {
    let next = 0;
    const send = (client: Client): void => {
      const request = requests[next];
      if (request === undefined) return;
      next += 1;
      const from = performance.now();
      client.send(request.bytes, (status) => {
        tally.note(request.kind, status, performance.now() - from);
        if (tally.total === requests.length) resolve();
        else if (status !== 0) send(client);
      });
    };
    for (const client of clients) send(client);
  });
}

/** How many times the planned length an open loop may take before it gives up on what it has not sent. */
const patience = 3;

/**
 * Requests fall due by the clock, whatever the answers do; one that finds no free connection waits, and its wait
 * counts. What was not even sent when patience ends counts with the time it had waited by then.
 */
function openLoop(
  clients: readonly Client[],
  requests: readonly Prepared[],
  rate: number,
  tally: Tally,
): Promise<void> {
  return new Promise((resolve) => {
    const free = [...clients];
    const start = performance.now();
    const giveUpMs = (patience * requests.length * 1_000) / rate;
    const dueAt = (index: number): number => start + (index * 1_000) / rate;
    let next = 0;
    const answered = (client: Client, kind: Kind, index: number, status: number): void => {
      tally.note(kind, status, performance.now() - dueAt(index));
      free.push(client);
      if (next + tally.unsent === requests.length && free.length === clients.length) {
        clearInterval(timer);
        resolve();
      }
    };
    const pump = (): void => {
      const elapsed = performance.now() - start;
      if (elapsed > giveUpMs && tally.unsent === 0) {
        tally.unsent = requests.length - next;
        for (let index = next; index < requests.length; index += 1)
          tally.latencies.push(start + elapsed - dueAt(index));
      }
      const due = Math.min(requests.length - tally.unsent, Math.floor((elapsed * rate) / 1_000) + 1);
      while (next < due) {
        const client = free.pop();
        if (client === undefined) return;
        const { kind, bytes } = requests[next]!;
        const index = next;
        next += 1;
        client.send(bytes, (status) => answered(client, kind, index, status));
      }
    };
    const timer = setInterval(pump, 1);
    pump();
  });
}

let prepared: { task: Task; requests: Prepared[]; clients: Client[] } | undefined;

async function ready(task: Task): Promise<void> {
  prepared = { task, requests: prepare(task), clients: await openClients(task.port, task.connections) };
  process.send?.({ ready: true });
}

async function go(): Promise<void> {
  if (prepared === undefined) return;
  const { task, requests, clients } = prepared;
  const tally = new Tally();
  const used = process.cpuUsage();
  const start = performance.now();
  await (task.rate === null ? closedLoop(clients, requests, tally) : openLoop(clients, requests, task.rate, tally));
  const seconds = (performance.now() - start) / 1_000;
  const cpu = process.cpuUsage(used);
  for (const client of clients) client.close();
  prepared = undefined;
  const outcome: Outcome = {
    seconds,
    accepted: tally.counts.fresh,
    replayed: tally.counts.replayed,
    refused: tally.counts.refused,
    wrong: tally.wrong,
    latencies: Float64Array.from(tally.latencies).sort(),
    unsent: tally.unsent,
    cpuSeconds: (cpu.user + cpu.system) / 1_000_000,
    bytes: requests.reduce((sum, { bytes }) => sum + bytes.length, 0),
  };
  process.send?.(outcome);
}

process.on('message', (message: Task | 'go') => void (message === 'go' ? go() : ready(message)));
process.on('disconnect', () => process.exit(0));
