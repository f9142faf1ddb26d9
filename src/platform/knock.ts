import { request } from 'node:http';

/**
 * Asks an address of this machine as anybody outside would, over a connection of its own, and answers whether it said
 * 200 within the time. It never throws.
 */
export function knock(address: string, withinMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const signal = AbortSignal.timeout(withinMs);
    const asked = request(address, { agent: false, signal }, (answer) => {
      answer.resume();
      answer.once('end', () => resolve(answer.statusCode === 200));
      answer.once('error', () => resolve(false));
    });
    asked.once('error', () => resolve(false));
    asked.end();
  });
}
