/**
 * Receives news of parcels from a Portolan window: verifies each message, works on each event once, and answers only when
 * that is on disk. It needs nothing but Node (22.18 or later) and is meant to be read, copied and changed.
 *
 *   node consumer.ts --secret whsec_… [--secret whsec_old…] [--port 4000] [--store events.ndjson]
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { existsSync, fsyncSync, openSync, readFileSync, truncateSync, writeSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type RequestListener } from 'node:http';
import { parseArgs } from 'node:util';

/** An event of the window, as far as this program looks at it. */
export interface Event {
  readonly id: string;
  readonly sequence: string;
  readonly kind: string;
  readonly parcel: string;
  readonly declaration?: string;
  readonly status?: string;
}

/**
 * Whether a message was signed by one of these secrets (Standard Webhooks 1.0): HMAC-SHA256 over id, timestamp and the
 * bytes of the body. A message that is older or newer than five minutes may be a copy that somebody kept, and is refused.
 */
export function verify(
  headers: IncomingHttpHeaders,
  body: Buffer,
  secrets: readonly string[],
  nowSeconds: number,
  toleranceSeconds = 300,
): boolean {
  const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures } = headers;
  if (typeof id !== 'string' || typeof timestamp !== 'string' || typeof signatures !== 'string') return false;
  if (!(Math.abs(nowSeconds - Number(timestamp)) <= toleranceSeconds)) return false;
  return secrets.some((secret) => {
    const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
    const expected = Buffer.from(
      `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest('base64')}`,
    );
    return signatures.split(' ').some((one) => {
      const given = Buffer.from(one);
      return given.length === expected.length && timingSafeEqual(given, expected);
    });
  });
}

/** The events that were worked on. What `add` returned from is on disk. */
export interface Store {
  has(id: string): boolean;
  add(events: readonly Event[]): void;
}

/** Keeps events as lines of a file. A last line that was cut off by a fall was never answered, and is taken away. */
export function fileStore(path: string): Store {
  const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  if (whole.length < text.length) truncateSync(path, Buffer.byteLength(whole));
  const ids = new Set(
    whole
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => (JSON.parse(line) as Event).id),
  );
  const file = openSync(path, 'a');
  return {
    has: (id) => ids.has(id),
    add(events) {
      if (events.length === 0) return;
      writeSync(file, events.map((event) => `${JSON.stringify(event)}\n`).join(''));
      fsyncSync(file);
      for (const { id } of events) ids.add(id);
    },
  };
}

/** Works on the events of a message that were not worked on before, and answers how many those were. */
export function take(store: Store, events: readonly Event[], work: (event: Event) => void): number {
  const fresh = events.filter(({ id }) => !store.has(id));
  // A program that changes a database would do so in one transaction with keeping the ids.
  for (const event of fresh) work(event);
  store.add(fresh);
  return fresh.length;
}

/** The door: 401 for what was not signed, 204 once the events are on disk. Every other answer is sent again later. */
export function receiver(
  secrets: readonly string[],
  store: Store,
  work: (event: Event) => void,
  options: { readonly now?: () => number; readonly toleranceSeconds?: number } = {},
): RequestListener {
  const { now = () => Date.now() / 1_000, toleranceSeconds } = options;
  return (request, reply) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const body = Buffer.concat(parts);
      const genuine = verify(request.headers, body, secrets, now(), toleranceSeconds);
      if (genuine) {
        const message = JSON.parse(body.toString('utf8')) as { data: { events: Event[] } };
        take(store, message.data.events, work);
      }
      reply.writeHead(genuine ? 204 : 401).end();
    });
  };
}

if (process.argv[1] === import.meta.filename) {
  const { values } = parseArgs({
    options: {
      secret: { type: 'string', multiple: true },
      port: { type: 'string', default: '4000' },
      store: { type: 'string', default: 'events.ndjson' },
    },
  });
  if (!values.secret) {
    process.stderr.write('Give the secret that was shown when the webhook was made: --secret whsec_…\n');
    process.exit(2);
  }
  /** The place of the last event of each parcel: one that was parked and sent again comes after later ones. */
  const last = new Map<string, bigint>();
  const print = (event: Event): void => {
    const late = BigInt(event.sequence) < (last.get(event.parcel) ?? 0n);
    if (!late) last.set(event.parcel, BigInt(event.sequence));
    const name = event.declaration ?? event.parcel;
    process.stdout.write(`${event.kind} ${name} ${event.status ?? ''}${late ? ' (late)' : ''}\n`);
  };
  const server = createServer(receiver(values.secret, fileStore(values.store), print));
  server.listen(Number(values.port), '127.0.0.1', () => {
    const address = server.address();
    process.stdout.write(`listening on ${typeof address === 'object' ? address?.port : ''}\n`);
  });
}
