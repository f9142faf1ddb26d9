import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { numbersFrom } from './load.ts';

interface Event {
  readonly id: string;
  readonly sequence: string;
}

const slowMs = 2_500;

/**
 * A receiver of news as nobody wants one: it fails, is slow, does its work and loses the answer, so that the same comes
 * again, and is away for a while every now and then. What it did stays done; by the event's id it does nothing twice.
 */
export class BadReceiver {
  /** Each event that had its effect, with its number, in the order of the effects. */
  readonly effects = new Map<string, bigint>();
  readonly counts = { messages: 0, failed: 0, slow: 0, twice: 0, repeated: 0, away: 0 };
  /** From then on it behaves. */
  well = false;
  port = 0;
  readonly #chance: () => number;
  #server: Server | undefined;

  constructor(seed: number) {
    this.#chance = numbersFrom(seed + 2);
  }

  async open(): Promise<void> {
    const server = createServer((request, reply) => {
      void this.#take(request, reply).catch(() => reply.destroy());
    });
    this.#server = server;
    server.listen(this.port, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    this.port = typeof address === 'object' && address !== null ? address.port : 0;
  }

  /** It dies with whatever it is doing, and is there again later. */
  async die(awayMs: number): Promise<void> {
    this.counts.away += 1;
    await this.close();
    await delay(awayMs);
    await this.open();
  }

  async close(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  }

  async #take(request: IncomingMessage, reply: ServerResponse): Promise<void> {
    let text = '';
    for await (const chunk of request) text += String(chunk);
    this.counts.messages += 1;
    const mood = this.well ? 1 : this.#chance();
    if (mood < 0.1) {
      this.counts.failed += 1;
      return void reply.writeHead(500).end();
    }
    if (mood < 0.16) {
      this.counts.slow += 1;
      await delay(slowMs);
    }
    const { events }: { events: readonly Event[] } = JSON.parse(text).data;
    for (const { id, sequence } of events) {
      if (this.effects.has(id)) this.counts.repeated += 1;
      else this.effects.set(id, BigInt(sequence));
    }
    if (mood > 0.92 && !this.well) {
      this.counts.twice += 1;
      return void reply.destroy();
    }
    reply.writeHead(204).end();
  }
}
