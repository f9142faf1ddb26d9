import { closeSync, mkdtempSync, openSync, read, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ids, type Invented } from '#modules/demo/index.ts';
import type { Kind } from './child.ts';
import { benchParcels, keyOf, mix, type Parcels, spoilt } from './mix.ts';

const readAt = promisify(read);

/** Bytes that are written and sent at a time: whole lines, so that an upload can end behind any of them. */
const chunkBytes = 1 << 18;

/** The lines of one upload, on disk until they are sent; the file has no name any more and goes with the process. */
class Lines {
  /** Of the lines that are not sent for the first time, what they are. */
  readonly kinds = new Map<number, Kind>();
  count = 0;
  readonly #file: number;
  readonly #chunks: { readonly bytes: number; readonly lines: number }[] = [];
  #waiting: string[] = [];
  #waitingBytes = 0;

  constructor() {
    const folder = mkdtempSync(join(tmpdir(), 'portolan-lines-'));
    this.#file = openSync(join(folder, 'lines'), 'w+');
    rmSync(folder, { recursive: true });
  }

  add(line: string, kind: Kind): void {
    this.count += 1;
    if (kind !== 'fresh') this.kinds.set(this.count, kind);
    this.#waiting.push(line);
    this.#waitingBytes += line.length;
    if (this.#waitingBytes >= chunkBytes) this.flush();
  }

  /** Writes what is gathered as one chunk, framed as HTTP sends it. */
  flush(): void {
    if (this.#waiting.length === 0) return;
    const text = `${this.#waiting.join('\n')}\n`;
    const bytes = writeSync(this.#file, `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`);
    this.#chunks.push({ bytes, lines: this.#waiting.length });
    this.#waiting = [];
    this.#waitingBytes = 0;
  }

  /** The chunks in their order, each with the number of its lines. */
  async *chunks(): AsyncGenerator<{ readonly bytes: Buffer; readonly lines: number }> {
    let from = 0;
    for (const { bytes: length, lines } of this.#chunks) {
      const bytes = Buffer.allocUnsafe(length);
      await readAt(this.#file, bytes, 0, length, from);
      from += length;
      yield { bytes, lines };
    }
    closeSync(this.#file);
  }
}

/** What goes to one door under one key. */
export interface Upload {
  readonly path: string;
  readonly sender: string;
  readonly lines: Lines;
}

/** One line that a parcel becomes: to which door it goes and from whom. */
interface Part {
  readonly path: string;
  readonly sender: string;
  readonly line: string;
}

const whole = ({ filer, raw }: Invented): Part[] => [{ path: '/v1/consignments/bulk', sender: filer, line: raw }];

/** The slips of a parcel, each from whoever makes it out. */
function apart({ body, filer }: Invented): Part[] {
  const { orders = [], payments = [], transports = [], declaration } = body;
  const platform = orders[0]?.platform ?? ids.platform;
  const slip = (kind: string, sender: string, said: object): Part => ({
    path: `/v1/${kind}s`,
    sender,
    line: JSON.stringify(said),
  });
  const named = {
    ...(orders.length > 0 ? { orders: orders.map((one) => ({ platform: one.platform, number: one.number })) } : {}),
    transports: transports.map(({ carrier, document }) => ({ carrier, document })),
  };
  return [
    ...orders.map((one) => slip('order', one.platform, one)),
    ...payments.map((one) => slip('payment', one.provider, { ...one, platform })),
    ...transports.map((one) => slip('transport', one.carrier, orders.length > 0 ? { ...one, platform } : one)),
    slip('declaration', filer, { ...declaration, ...named }),
  ];
}

const replayBehind = 5_000;

/**
 * The uploads of so many parcels, whole or as slips, made before any clock starts: each line where it belongs, and of
 * whole parcels some once more and some as the window has to refuse them.
 */
export function uploadsOf(as: 'parcels' | 'slips', parcels: Parcels, count: number, at: number): Upload[] {
  const uploads = new Map<string, Upload>();
  const add = ({ path, sender, line }: Part, kind: Kind): void => {
    const name = `${path} ${sender}`;
    let upload = uploads.get(name);
    if (upload === undefined) uploads.set(name, (upload = { path, sender, lines: new Lines() }));
    upload.lines.add(line, kind);
  };
  const behind: Part[] = [];
  let place = 0;
  for (const made of benchParcels(parcels, count, at)) {
    const parts = as === 'parcels' ? whole(made) : apart(made);
    for (const part of parts) add(part, 'fresh');
    const [part] = parts;
    if (as === 'slips' || part === undefined) continue;
    const draw = (place * 613) % 1_000;
    place += 1;
    behind.push(part);
    const again = behind.length > replayBehind ? behind.shift() : undefined;
    if (draw < mix.replayedPermille && again !== undefined) add(again, 'replayed');
    else if (draw >= 1_000 - mix.refusedPermille) add({ ...part, line: spoilt(part.line) }, 'refused');
  }
  for (const { lines } of uploads.values()) lines.flush();
  return [...uploads.values()];
}

/** The headers of an upload. */
export const uploadHeaders = (sender: string): Record<string, string> => ({
  authorization: `Bearer ${keyOf(sender)}`,
  'content-type': 'application/x-ndjson',
});
