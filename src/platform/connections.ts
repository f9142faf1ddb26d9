import type { Socket } from 'node:net';
import { newId } from '#kernel/id.ts';
import type { App, Grounds } from './http.ts';
import { problemOf, type Problems } from './problem.ts';

/** How long a request may still run when the window stops, before its connection is ended. */
const lastAnswersMs = 2_000;

/**
 * While the server closes, every answer ends its connection: one that was busy at that moment would otherwise be kept
 * alive, and the window with it. Answers whether it is closing.
 */
export function closeConnections(app: App): () => boolean {
  let closing = false;
  app.addHook('preClose', (done) => {
    closing = true;
    setTimeout(() => app.server.closeAllConnections(), lastAnswersMs).unref();
    done();
  });
  app.addHook('onSend', (_request, reply, payload, done) => {
    if (closing) reply.headers({ connection: 'close', ...(reply.statusCode === 503 ? { 'retry-after': '5' } : {}) });
    done(null, payload);
  });
  return () => closing;
}

/** What came was not even HTTP, so no route and no reply exist: the answer is written by hand. */
export function badConnection(
  context: Grounds,
  problems: Problems,
  error: Error & { code?: string },
  socket: Socket,
): void {
  if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable) return void socket.destroy();
  const problem = problemOf(problems, { code: 'http/bad-request' }, newId(context.clock.now()), '');
  const body = JSON.stringify(problem);
  const head = `HTTP/1.1 400 Bad Request\r\ncontent-type: application/problem+json; charset=utf-8\r\nconnection: close`;
  socket.end(`${head}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
}
