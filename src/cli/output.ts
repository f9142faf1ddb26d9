import { once } from 'node:events';
import { createWriteStream, type WriteStream } from 'node:fs';
import { FileError } from './read.ts';

/** An NDJSON file being written, one object a line; it waits where the disk is slower than the work. */
export class Output {
  readonly #stream: WriteStream;

  private constructor(stream: WriteStream) {
    this.#stream = stream;
  }

  /** Opens a file anew, or to go on at its end; throws a FileError where that cannot be. */
  static async open(path: string, how: 'anew' | 'append' = 'anew'): Promise<Output> {
    const stream = createWriteStream(path, { flags: how === 'anew' ? 'w' : 'a' });
    try {
      await once(stream, 'open');
    } catch (error) {
      throw new FileError(`${path} cannot be written: ${error instanceof Error ? error.message : String(error)}`);
    }
    return new Output(stream);
  }

  async write(value: unknown): Promise<void> {
    if (!this.#stream.write(`${JSON.stringify(value)}\n`)) await once(this.#stream, 'drain');
  }

  async close(): Promise<void> {
    this.#stream.end();
    await once(this.#stream, 'close');
  }
}
