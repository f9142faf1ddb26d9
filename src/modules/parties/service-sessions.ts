import { ok, refuse, type Result } from '#kernel/result.ts';
import type { Context } from '#platform/context.ts';
import { append } from '#platform/journal.ts';
import type { Device } from './model.ts';
import { type Asked } from './asked.ts';
import { hashOfToken, sessionTimes, tokenOf } from './service-identify.ts';
import * as store from './store-people.ts';

type SessionContext = Pick<Context, 'config' | 'db' | 'clock'>;

const hashOf = ({ config }: SessionContext, request: Asked): Buffer | null => {
  const token = tokenOf(config, request);
  return token === null ? null : hashOfToken(token);
};

/** Where a person is signed in, the last used first. */
export const devicesOf = (context: SessionContext, person: string, request: Asked): Promise<Device[]> =>
  store.sessionsOf(context.db, person, hashOf(context, request), sessionTimes(context.clock.now()));

/** Signs a person out on one of his devices. */
export function endDevice(context: SessionContext, person: string, id: string): Promise<Result<null>> {
  return context.db.tx(async (tx) => {
    const known = /^[0-9a-f-]{36}$/.test(id) && (await store.endSessions(tx, person, { id })) > 0;
    if (!known) return refuse('parties/session-unknown');
    await append(tx, [{ kind: 'parties.signed-out', subject: person, data: { devices: 1 } }]);
    return ok(null);
  });
}

/** Signs a person out everywhere, except where he asks for it when he says so. */
export function endDevices(
  context: SessionContext,
  person: string,
  request: Asked,
  here: 'stays' | 'ends',
): Promise<number> {
  const butHash = here === 'stays' ? hashOf(context, request) : null;
  return context.db.tx(async (tx) => {
    const devices = await store.endSessions(tx, person, { butHash });
    if (devices > 0) await append(tx, [{ kind: 'parties.signed-out', subject: person, data: { devices } }]);
    return devices;
  });
}
