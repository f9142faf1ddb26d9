import { Client, type Submittable } from 'pg';
import { figure } from './figures.ts';
import type { Run } from './measure.ts';
import { decidedParcels, likeIt, type ParcelTable, parcelTables } from './tables.ts';

/** What of pg's connection a COPY needs; its types leave it out. */
interface Wire {
  query(sql: string): void;
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
}

/** One COPY, in either direction, as pg's client runs what it did not make itself. */
class Copy implements Submittable {
  readonly done = Promise.withResolvers<readonly Buffer[]>();
  readonly #sql: string;
  readonly #input: Buffer | null;
  readonly #output: Buffer[] = [];

  constructor(sql: string, input: Buffer | null) {
    this.#sql = sql;
    this.#input = input;
  }

  submit(connection: unknown): void {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- pg hands in its own connection.
    (connection as Wire).query(this.#sql);
  }

  handleCopyInResponse(connection: Wire): void {
    connection.sendCopyFromChunk(this.#input ?? Buffer.alloc(0));
    connection.endCopyFrom();
  }

  handleCopyData({ chunk }: { chunk: Buffer }): void {
    this.#output.push(Buffer.from(chunk));
  }

  handleError(error: Error): void {
    this.done.reject(error);
  }

  handleCommandComplete(): void {
    // The answer is complete when the server is ready again.
  }

  handleReadyForQuery(): void {
    this.done.resolve(this.#output);
  }
}

function copy(client: Client, sql: string, input: Buffer | null = null): Promise<readonly Buffer[]> {
  const one = new Copy(sql, input);
  client.query(one);
  return one.done.promise;
}

const headerBytes = 19;
const trailer = Buffer.from([0xff, 0xff]);

/** The rows of a COPY BINARY, without its header and its end, and the header. */
async function rowsOf(client: Client, select: string): Promise<{ header: Buffer; rows: Buffer[] }> {
  const messages = await copy(client, `copy (${select}) to stdout (format binary)`);
  const [first, ...others] = messages;
  if (first === undefined) throw new Error(`nothing came of ${select}`);
  const rows = [first.subarray(headerBytes), ...others].filter((row) => row.length > 2);
  return { header: first.subarray(0, headerBytes), rows };
}

interface Load {
  readonly table: string;
  readonly sql: string;
  readonly chunks: readonly Buffer[];
}

const batch = 500;

function cut(header: Buffer, rows: readonly Buffer[], parts: number): Buffer[] {
  return Array.from({ length: parts }, (_, part) => {
    const from = Math.floor((rows.length * part) / parts);
    const until = Math.floor((rows.length * (part + 1)) / parts);
    return Buffer.concat([header, ...rows.slice(from, until), trailer]);
  });
}

/**
 * Sends the chunks over two connections, each chunk of all loads in one durable transaction; answers the seconds taken.
 */
async function send(clients: readonly Client[], loads: readonly Load[], parts: number): Promise<number> {
  let next = 0;
  const start = performance.now();
  await Promise.all(
    clients.map(async (client) => {
      while (next < parts) {
        const part = next;
        next += 1;
        await client.query('begin');
        for (const { sql, chunks } of loads) await copy(client, sql, chunks[part]);
        await client.query('commit');
      }
    }),
  );
  return (performance.now() - start) / 1_000;
}

/** What a table holds of these parcels, in the order in which it was written, and a table like it to copy it into. */
async function loadOf(client: Client, table: ParcelTable, decided: string, parts: number): Promise<Load> {
  const columns = table.columns.map(({ name }) => name).join(', ');
  const found = await rowsOf(
    client,
    `select ${columns} from ${table.name} where ${table.parcel} in (${decided}) order by tableoid, ctid`,
  );
  const copied = `bench.${table.name.replace('.', '_')}`;
  await client.query(likeIt(table, copied));
  const sql = `copy ${copied} (${columns}) from stdin (format binary)`;
  return { table: copied, sql, chunks: cut(found.header, found.rows, parts) };
}

/** What COPY reaches in one round, in parcels a second. */
export interface CopyRates {
  /** Into tables like the real ones, with the same indexes. */
  readonly table: number;
  /** The documents alone, into a table without index. */
  readonly raw: number;
}

/**
 * COPY of rows that a window has written, into tables made like its own beside them. A round takes seconds, so that it
 * stands right behind the run it is compared with: this machine is not equally fast at all times.
 */
export class Copying {
  readonly #clients: readonly Client[];
  readonly #loads: readonly Load[];
  readonly #raw: Load;
  readonly #parts: number;
  readonly parcels: number;

  private constructor(clients: readonly Client[], loads: readonly Load[], raw: Load, parts: number, parcels: number) {
    this.#clients = clients;
    this.#loads = loads;
    this.#raw = raw;
    this.#parts = parts;
    this.parcels = parcels;
  }

  /** Reads what the last so many parcels wrote, and makes the tables. */
  static async open(url: string, parcels: number): Promise<Copying> {
    const clients = [new Client({ connectionString: url }), new Client({ connectionString: url })];
    for (const client of clients) await client.connect();
    const [first] = clients as [Client, Client];
    await first.query('drop schema if exists bench cascade; create schema bench');
    const decided = decidedParcels(parcels);
    const documents = await rowsOf(
      first,
      `select body from clearance.declarations where version = 1 and id in (${decided})`,
    );
    const parts = Math.ceil(documents.rows.length / batch);
    const loads: Load[] = [];
    for (const table of await parcelTables(first)) loads.push(await loadOf(first, table, decided, parts));
    await first.query('create table bench.documents (body text not null)');
    const raw: Load = {
      table: 'bench.documents',
      sql: 'copy bench.documents from stdin (format binary)',
      chunks: cut(documents.header, documents.rows, parts),
    };
    const copying = new Copying(clients, loads, raw, parts, documents.rows.length);
    // The first round warms up.
    await copying.round();
    return copying;
  }

  async round(): Promise<CopyRates> {
    const [first] = this.#clients as [Client, Client];
    for (const { table } of [...this.#loads, this.#raw]) await first.query(`truncate ${table}`);
    await first.query('checkpoint');
    const table = this.parcels / (await send(this.#clients, this.#loads, this.#parts));
    const raw = this.parcels / (await send(this.#clients, [this.#raw], this.#parts));
    return { table, raw };
  }

  /** Takes the tables away again. */
  async close(): Promise<void> {
    await this.#clients[0]?.query('drop schema bench cascade');
    for (const client of this.#clients) await client.end();
  }
}

const every: CopyRates[] = [];

/** What COPY reached right after each run, and what part of it the run reached. */
export function noteCopies(name: string, runs: readonly Run[], copied: readonly CopyRates[]): void {
  every.push(...copied);
  for (const kind of ['table', 'raw'] as const) {
    figure(
      `copy.${kind}.rate`,
      kind === 'table' ? 'parcels/s' : 'documents/s',
      every.map((one) => one[kind]),
    );
    figure(
      `${name}.of.copy.${kind}`,
      'ratio',
      runs.map(({ rate }, index) => rate / copied[index]![kind]),
    );
  }
}
