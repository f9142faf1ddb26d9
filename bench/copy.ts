import { Client, type Submittable } from 'pg';

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

/**
 * The tables that every decided parcel writes, each with the columns that are given and the order that follows the id.
 */
const tables: readonly { readonly name: string; readonly columns: string; readonly order: string }[] = [
  { name: 'clearance.keys', columns: 'filer, declaration, id, digest', order: 'id' },
  { name: 'clearance.declarations', columns: '', order: 'id' },
  { name: 'clearance.orders', columns: 'platform, number, id', order: 'id' },
  { name: 'clearance.transports', columns: 'document, id, carrier, master', order: 'id' },
  { name: 'clearance.pieces', columns: 'barcode, id, document, weight', order: 'id' },
  { name: 'platform.journal', columns: 'at, kind, subject, data, seeded', order: 'tx, seq' },
];

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
    const decided = `select id from clearance.declarations where version = 1 order by id desc limit ${parcels}`;
    const documents = await rowsOf(
      first,
      `select body from clearance.declarations where version = 1 and id in (${decided})`,
    );
    const parts = Math.ceil(documents.rows.length / batch);
    const loads: Load[] = [];
    for (const { name, columns, order } of tables) {
      const share = name === 'platform.journal' ? 'subject' : 'id';
      const found = await rowsOf(
        first,
        `select ${columns || '*'} from ${name} where ${share} in (${decided}) order by ${order}`,
      );
      const table = `bench.${name.split('.')[1]}`;
      await first.query(`create table ${table} (like ${name} including all)`);
      if (name === 'clearance.declarations')
        await first.query(
          `alter table ${table} set (toast_tuple_target = 8160), alter column body set storage external`,
        );
      const sql = `copy ${table} ${columns ? `(${columns})` : ''} from stdin (format binary)`;
      loads.push({ table, sql, chunks: cut(found.header, found.rows, parts) });
    }
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
