import type { FastifyRequest } from 'fastify';
import type { Principal } from './auth.ts';
import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import type { Db } from './db.ts';
import type { Log } from './log.ts';
import type { Reference } from './snapshot.ts';

/** What a service needs beside its transaction: made once in app.ts, passed as the first argument. */
export interface Context {
  readonly config: Config;
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Log;
  readonly reference: Reference;
  /** Who asks: an API client by its key, a person by his session, otherwise the public. */
  identify(request: FastifyRequest): Promise<Principal>;
  /** The token that a form of this request's session carries, so that another site cannot post it. */
  csrf(request: FastifyRequest): string;
  /** Whether a posted form carries the token of its session. */
  checkCsrf(request: FastifyRequest): boolean;
}
