import { connect, type Socket } from 'node:net';

/** What came back: the status, and when it was whole. */
export type Answered = (status: number) => void;

const headEnd = Buffer.from('\r\n\r\n');
const lengthName = 'content-length: ';

/**
 * One keep-alive connection that has one request under way at a time. It writes requests that were made before, and of
 * an answer it reads the status and the length and nothing else, so that the generator takes little of the machine.
 */
export class Client {
  readonly #socket: Socket;
  #answered: Answered | null = null;
  #status = 0;
  /** Bytes of the body still to come; below zero while the head is not whole. */
  #left = -1;
  #head: Buffer | null = null;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => this.#take(chunk));
    socket.on('close', () => this.#end(0));
  }

  get busy(): boolean {
    return this.#answered !== null;
  }

  /** Sends one whole request; `answered` hears its status, or 0 when the connection ended. */
  send(request: Buffer, answered: Answered): void {
    this.#answered = answered;
    this.#socket.write(request);
  }

  close(): void {
    this.#socket.destroy();
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
    this.#left = -1;
    answered?.(status);
  }
}

/** Opens so many connections to a port of this machine. */
export function openClients(port: number, count: number): Promise<Client[]> {
  return Promise.all(
    Array.from({ length: count }, async () => {
      const socket = connect({ host: '127.0.0.1', port, noDelay: true });
      await new Promise<void>((resolve, reject) => {
        socket.once('connect', resolve);
        socket.once('error', reject);
      });
      socket.removeAllListeners('error');
      socket.on('error', () => undefined);
      return new Client(socket);
    }),
  );
}
