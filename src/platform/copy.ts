import { once } from 'node:events';
import type { Socket } from 'node:net';
import { Query } from 'pg';

/** What of the driver's connection a COPY needs; its types leave it out. */
interface Wire {
  readonly stream: Socket;
  query(sql: string): void;
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
  sendCopyFail(words: string): void;
}

/** Takes a piece of what is copied; the server waits while a promise is open. */
export type Take = (piece: Buffer) => Promise<void> | undefined;

/** What both directions have in common, as the driver runs a query that it did not make itself. */
abstract class Copy {
  readonly #done = Promise.withResolvers<number>();
  readonly #sql: string;
  #rows = 0;
  #failed: unknown;

  constructor(sql: string) {
    this.#sql = sql;
    // Whoever waits for the outcome is told; nobody else has to hear of it.
    this.#done.promise.catch(() => undefined);
  }

  /** How many rows went through, by the server's own count. */
  get done(): Promise<number> {
    return this.#done.promise;
  }

  get failed(): boolean {
    return this.#failed !== undefined;
  }

  submit(connection: unknown): void {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- pg hands in its own connection.
    (connection as Wire).query(this.#sql);
  }

  /** What the caller's own side threw; what the server says after it is only its echo. */
  fail(error: unknown): void {
    this.#failed ??= error;
  }

  handleError(error: Error): void {
    this.fail(error);
    this.#done.reject(this.#failed);
  }

  handleCommandComplete({ text }: { readonly text: string }): void {
    this.#rows = Number(/\d+$/.exec(text)?.[0] ?? 0);
  }

  handleReadyForQuery(): void {
    if (this.#failed === undefined) this.#done.resolve(this.#rows);
    else this.#done.reject(this.#failed);
  }
}

/** `COPY … TO STDOUT`. */
export class CopyOut extends Copy {
  readonly #take: Take;

  constructor(sql: string, take: Take) {
    super(sql);
    this.#take = take;
  }

  handleCopyData({ chunk }: { readonly chunk: Buffer }, { stream }: Wire): void {
    if (this.failed) return;
    const waits = this.#take(chunk);
    if (waits === undefined) return;
    stream.pause();
    waits.catch((error: unknown) => this.fail(error)).finally(() => stream.resume());
  }
}

/** `COPY … FROM STDIN`. */
export class CopyIn extends Copy {
  readonly #pieces: AsyncIterable<Buffer>;

  constructor(sql: string, pieces: AsyncIterable<Buffer>) {
    super(sql);
    this.#pieces = pieces;
  }

  handleCopyInResponse(connection: Wire): void {
    void this.#send(connection);
  }

  async #send(connection: Wire): Promise<void> {
    try {
      for await (const piece of this.#pieces) {
        if (this.failed) return;
        connection.sendCopyFromChunk(piece);
        if (connection.stream.writableNeedDrain) await Promise.race([once(connection.stream, 'drain'), this.done]);
      }
      connection.endCopyFrom();
    } catch (error) {
      if (this.failed) return;
      this.fail(error);
      connection.sendCopyFail('the source failed');
    }
  }
}

/**
 * `COPY … FROM STDIN` of rows that stand ready: they are sent behind the statement without waiting for the server's
 * word, which it passes over where the statement fails. So it may stand among statements that are sent together.
 */
export class CopyRows extends Query {
  readonly done: Promise<void>;
  readonly #sql: string;
  readonly #rows: Buffer;

  constructor(sql: string, rows: Buffer) {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    super({ text: sql }, undefined, (error?: Error | null) => (error ? reject(error) : resolve()));
    this.done = promise;
    this.#sql = sql;
    this.#rows = rows;
  }

  override readonly submit = (connection: unknown): void => {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the driver hands in its own connection.
    const wire = connection as Wire;
    wire.query(this.#sql);
    wire.sendCopyFromChunk(this.#rows);
    wire.endCopyFrom();
  };

  handleCopyInResponse(): void {
    // The rows are on their way already.
  }
}
