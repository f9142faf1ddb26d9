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

const truncated = `truncate ${tables.map(({ name }) => name).join(', ')}`;

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

/**
 * Rows of the real tables copied back into them, and their documents alone into a table without index, in parcels a
 * second.
 */
export async function copyRates(
  url: string,
  parcels: number,
  runs: number,
): Promise<{ table: number[]; raw: number[]; parcels: number }> {
  const clients = [new Client({ connectionString: url }), new Client({ connectionString: url })];
  for (const client of clients) await client.connect();
  const [first] = clients as [Client, Client];
  const documents = await rowsOf(
    first,
    `select body from clearance.declarations where version = 1 order by id desc limit ${parcels}`,
  );
  const parts = Math.ceil(documents.rows.length / batch);
  const loads: Load[] = [];
  for (const { name, columns, order } of tables) {
    const share = name === 'platform.journal' ? 'subject' : 'id';
    const wanted = `${share} in (select id from clearance.declarations where version = 1 order by id desc limit ${parcels})`;
    const found = await rowsOf(first, `select ${columns || '*'} from ${name} where ${wanted} order by ${order}`);
    const sql = `copy ${name} ${columns ? `(${columns})` : ''} from stdin (format binary)`;
    loads.push({ sql, chunks: cut(found.header, found.rows, parts) });
  }
  await first.query('create table public.bench_documents (body text not null)');
  const raw: Load = {
    sql: 'copy public.bench_documents from stdin (format binary)',
    chunks: cut(documents.header, documents.rows, parts),
  };
  const rates: { table: number[]; raw: number[] } = { table: [], raw: [] };
  for (let run = 0; run <= runs; run += 1) {
    await first.query(truncated);
    await first.query('truncate public.bench_documents');
    await first.query('checkpoint');
    const table = documents.rows.length / (await send(clients, loads, parts));
    const plain = documents.rows.length / (await send(clients, [raw], parts));
    // The first round warms up.
    if (run > 0) {
      rates.table.push(table);
      rates.raw.push(plain);
    }
  }
  for (const client of clients) await client.end();
  return { ...rates, parcels: documents.rows.length };
}
