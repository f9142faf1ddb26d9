import type { ServerResponse } from 'node:http';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Log } from './log.ts';

/** Keeps an answer open for server-sent events (HTML §9.2); proxies are told not to gather them. */
export function openStream(reply: FastifyReply): ServerResponse {
  const stream = reply.hijack().raw;
  stream.writeHead(200, {
    'content-type': 'text/event-stream',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  });
  return stream;
}

interface AudienceOptions<W> {
  /** Milliseconds from the end of one beat to the next. */
  readonly beatMs: number;
  /** Under what a beat that failed stands in the log; the next one tries again. */
  readonly failure: string;
  /** Looks for what is new and tells it to those who watch. */
  readonly beat: (watchers: ReadonlySet<W & Watcher>) => Promise<void>;
}

/** Somebody who watches, by his open answer. */
export interface Watcher {
  readonly stream: ServerResponse;
}

/**
 * Those who watch something that changes. However many they are, it is looked at once a beat, and only while somebody
 * watches; a window that stops does not wait for them to look away.
 */
export class Audience<W extends object> {
  readonly #log: Log;
  readonly #options: AudienceOptions<W>;
  readonly #watchers = new Set<W & Watcher>();
  #timer: NodeJS.Timeout | undefined;

  constructor(app: FastifyInstance, { log }: { readonly log: Log }, options: AudienceOptions<W>) {
    this.#log = log;
    this.#options = options;
    app.addHook('preClose', (done) => {
      clearTimeout(this.#timer);
      for (const { stream } of this.#watchers) stream.destroy();
      this.#watchers.clear();
      done();
    });
  }

  get watchers(): ReadonlySet<W & Watcher> {
    return this.#watchers;
  }

  /** Lets somebody watch from now on, until his answer is closed. */
  watch(reply: FastifyReply, who: W): void {
    const stream = openStream(reply);
    stream.write('retry: 3000\n\n');
    const watcher = { ...who, stream };
    this.#watchers.add(watcher);
    stream.on('close', () => this.#watchers.delete(watcher));
    this.#timer ??= setTimeout(() => this.#next(), 0);
  }

  #next(): void {
    this.#options
      .beat(this.#watchers)
      .catch((error: unknown) =>
        this.#log.warn(this.#options.failure, { reason: error instanceof Error ? error.message : '' }),
      )
      .finally(() => {
        this.#timer = this.#watchers.size === 0 ? undefined : setTimeout(() => this.#next(), this.#options.beatMs);
      });
  }
}
