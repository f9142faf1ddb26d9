import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** What came back: the status, and when it was whole. */
export type Answered = (status: number) => void;

const headEnd = Buffer.from('\r\n\r\n');
const lengthName = 'content-length: ';
/** A connection without a request for so long may be ended by the server, which does so after a little more. */
const restedMs = 60_000;

/**
 * One keep-alive connection that has one request under way at a time. It writes requests that were made before, and of
 * an answer it reads the status and the length and nothing else, so that the generator takes little of the machine.
 */
export class Client {
  #socket: Socket;
  #answered: Answered | null = null;
  #status = 0;
  /** Bytes of the body still to come; below zero while the head is not whole. */
  #left = -1;
  #head: Buffer | null = null;
  /** What is under way on a connection that rested before it: the server may have ended that in the same moment. */
  #again: Buffer | null = null;
  /** Since when nothing is under way on the connection. */
  #restsSince = 0;

  readonly #port: number;

  constructor(port: number) {
    this.#port = port;
    this.#socket = this.#open();
  }

  /** Once the connection stands. */
  async ready(): Promise<void> {
    if (this.#socket.connecting) await once(this.#socket, 'connect');
  }

  get busy(): boolean {
    return this.#answered !== null;
  }

  /** Sends one whole request; `answered` hears its status, or 0 when the connection ended. */
  send(request: Buffer, answered: Answered): void {
    this.#answered = answered;
    // A server ends connections that rest: whoever sends again after that opens another.
    if (!this.#socket.writable && !this.#socket.connecting) this.#socket = this.#open();
    this.#again = performance.now() - this.#restsSince > restedMs ? request : null;
    this.#socket.write(request);
  }

  close(): void {
    this.#socket.destroy();
  }

  #open(): Socket {
    this.#restsSince = performance.now();
    const socket = connect({ host: '127.0.0.1', port: this.#port, noDelay: true });
    socket.on('data', (chunk: Buffer) => this.#take(chunk));
    socket.on('error', () => undefined);
    socket.on('close', () => {
      if (socket === this.#socket) this.#ended();
    });
    return socket;
  }

  /** A connection ended: what was sent into one that rested, and not a byte of it answered, is sent once more. */
  #ended(): void {
    const again = this.#head === null && this.#left < 0 ? this.#again : null;
    if (again === null || this.#answered === null) return this.#end(0);
    this.#again = null;
    this.#socket = this.#open();
    this.#socket.write(again);
  }

  #take(chunk: Buffer): void {
    if (this.#left < 0) {
      const whole = this.#head === null ? chunk : Buffer.concat([this.#head, chunk]);
      const end = whole.indexOf(headEnd);
      if (end < 0) {
        this.#head = whole;
        return;
      }
      this.#head = null;
      const head = whole.toString('latin1', 0, end);
      const at = head.indexOf(lengthName);
      this.#status = Number(head.slice(9, 12));
      this.#left = Number.parseInt(head.slice(at + lengthName.length), 10) - (whole.length - end - 4);
    } else {
      this.#left -= chunk.length;
    }
    if (this.#left === 0) this.#end(this.#status);
  }

  #end(status: number): void {
    const answered = this.#answered;
    this.#answered = null;
    this.#again = null;
    this.#head = null;
    this.#left = -1;
    this.#restsSince = performance.now();
    answered?.(status);
  }
}

/** Opens so many connections to a port of this machine. */
export async function openClients(port: number, count: number): Promise<Client[]> {
  const clients = Array.from({ length: count }, () => new Client(port));
  await Promise.all(clients.map((client) => client.ready()));
  return clients;
}
