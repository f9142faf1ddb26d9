import { after } from 'node:test';
import { createApp, type Portolan } from '../../src/app.ts';
import { openAccount } from '#modules/accounts/index.ts';
import { type Cast, enrol } from '#modules/parties/index.ts';
import { castAuthorities, castGuarantees, castParties, castRepresentations } from '#modules/demo/index.ts';
import { packsPart } from '#modules/rulebook/index.ts';
import { systemClock, type Clock } from '#platform/clock.ts';
import { readConfig } from '#platform/config.ts';
import type { Db } from '#platform/db.ts';
import { silentLog } from '#platform/log.ts';
import { filledDb, type TestDb } from './db.ts';
import { settle } from './settle.ts';

/** What is asked of a window, as the API client of a party or authority; nobody where `as` is left out. */
export interface Asked {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'PATCH';
  readonly url: string;
  readonly as?: string;
  readonly body?: unknown;
  /** The bytes to send, where JSON of a body will not do. */
  readonly raw?: string | Buffer;
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Told {
  readonly status: number;
  // Tests read answers as a stranger does, by the names of their fields.
  readonly body: any;
  readonly text: string;
  readonly headers: Readonly<Record<string, unknown>>;
}

/** A whole window on a database of its own, asked through its real doors without a network. */
export interface TestWindow extends Portolan {
  readonly test: TestDb;
  /** The key of an API client that was enrolled for this party or authority, with every scope. */
  key(of: string): string;
  /** Asks one of the doors. */
  ask(asked: Asked): Promise<Told>;
  /** How many rows each table holds and a digest of what they say, by `schema.table`. */
  rows(): Promise<Record<string, string>>;
  /** Runs every worker until none has anything to do. */
  settle(): Promise<void>;
}

const scopes = ['file', 'read', 'pay', 'guarantee', 'administer'] as const;

/** What every window has from its first start: above all its law, which takes longer to look through than to copy. */
async function fill(db: Db): Promise<void> {
  const config = readConfig({ PORTOLAN_DATA: '/nonexistent' }, ['--empty']);
  const { app } = await createApp({ config, db, clock: systemClock, log: silentLog });
  await app.close();
}

/** Opens a window with the demonstration's parties in it, and an API client for each of them. */
export async function openWindow(
  options: { economy?: string; clock?: Clock; cast?: Partial<Cast>; packs?: string; schemas?: string } = {},
): Promise<TestWindow> {
  const test = await filledDb('window', fill);
  const { clock = systemClock, economy = 'xp' } = options;
  const folders = {
    ...(options.packs === undefined ? {} : { PORTOLAN_PACKS: options.packs }),
    ...(options.schemas === undefined ? {} : { PORTOLAN_SCHEMAS: options.schemas }),
  };
  const config = readConfig({ PORTOLAN_ECONOMY: economy, PORTOLAN_DATA: '/nonexistent', ...folders }, ['--empty']);
  const opened = await createApp({ config, db: test.db, clock, log: silentLog });
  const { context } = opened;
  const parties = options.cast?.parties ?? castParties.map((one) => ({ ...one, roles: [...one.roles] }));
  const mandates = castAuthorities.flatMap(({ identifier: authority, reference, mandates: held }) =>
    held.map(([element, purpose]) => ({ authority, element, purpose, reference })),
  );
  const keys = new Map<string, string>();
  const clients = [
    ...parties.map(({ identifier }) => ({ name: identifier, party: identifier, authority: null })),
    ...castAuthorities.map(({ identifier }) => ({ name: identifier, party: null, authority: identifier })),
  ].map(({ name, party, authority }) => {
    const key = `test-key-of-${name}`.padEnd(43, '0');
    keys.set(name, key);
    return { name, key, party, authority, scopes: [...scopes] };
  });
  const authorities = castAuthorities.map(({ identifier, name, language }) => ({ identifier, name, language }));
  await enrol(context, {
    from: '2020-01-01',
    representations: castRepresentations.map((one) => ({ ...one, scope: [...one.scope] })),
    mandates,
    ...options.cast,
    parties,
    authorities,
    clients,
  });
  const unit = context.reference.current().get(packsPart).home.currency;
  await context.db.tx(async (tx) => {
    for (const { owner, ceiling } of castGuarantees) await openAccount(tx, { kind: 'guarantee', owner, unit, ceiling });
  });
  await opened.app.ready();
  after(() => opened.app.close());
  const key = (of: string): string => keys.get(of) ?? '';
  return {
    ...opened,
    test,
    key,
    ask: (asked) => askAt(opened.app, asked, key),
    rows: () => rows(test),
    settle: () => settle(context.db, opened.workers),
  };
}

/** Asks one of the doors of an app with the key of whoever asks. */
export async function askAt(app: Portolan['app'], asked: Asked, key: (of: string) => string): Promise<Told> {
  const { method = 'GET', url, as, body, raw, type = 'application/json', headers = {} } = asked;
  const payload = raw ?? (body === undefined ? undefined : JSON.stringify(body));
  const answer = await app.inject({
    method,
    url,
    headers: {
      ...(as === undefined ? {} : { authorization: `Bearer ${key(as)}` }),
      ...(payload === undefined || type === '' ? {} : { 'content-type': type }),
      ...headers,
    },
    ...(payload === undefined ? {} : { payload }),
  });
  const json = /(^|\+|\/)json\b/.test(answer.headers['content-type'] ?? '');
  const { statusCode: status, body: text } = answer;
  return { status, text, headers: answer.headers, body: json ? answer.json() : undefined };
}

async function rows({ db }: TestDb): Promise<Record<string, string>> {
  const tables = await db.query<{ name: string }>(
    `select format('%I.%I', schemaname, tablename) as name from pg_tables
     where schemaname not in ('pg_catalog', 'information_schema') order by 1`,
  );
  const each = tables.map(
    ({ name }) =>
      `select '${name}' as name, count(*) as many, coalesce(sum(hashtextextended(row::text, 0)), 0)::text as digest from ${name} row`,
  );
  const found = await db.query<{ name: string; many: bigint; digest: string }>(each.join(' union all '));
  return Object.fromEntries(found.map(({ name, many, digest }) => [name, `${many} ${digest}`]));
}

/** A browser without JavaScript: it keeps its cookies and sends the token of the page that it has open. */
export function browser({ app, context }: Pick<Portolan, 'app' | 'context'>) {
  const jar = new Map<string, string>();
  const { host, origin } = new URL(context.config.origin);
  const send = async (method: 'GET' | 'POST', url: string, form?: Record<string, string>) => {
    const payload = form === undefined ? {} : { payload: new URLSearchParams(form).toString() };
    const type = form === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' };
    const cookie = [...jar].map((pair) => pair.join('=')).join('; ');
    const headers = { host, cookie, accept: 'text/html', 'sec-fetch-site': 'same-origin', ...type };
    const reply = await app.inject({ method, url: url.replace(origin, ''), headers, ...payload });
    for (const one of [reply.headers['set-cookie'] ?? []].flat()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(one) ?? [];
      if (value === '') jar.delete(name);
      else jar.set(name, value);
    }
    return reply;
  };
  type Reply = Awaited<ReturnType<typeof send>>;
  /** Follows what leads through the sign-in, to its page or out of it again. */
  const follow = async (reply: Reply): Promise<Reply> => {
    const to = (reply.headers.location ?? '').replace(origin, '');
    return /^\/(oidc|sign-in)\b/.test(to) ? follow(await send('GET', to)) : reply;
  };
  const tokenIn = (reply: Reply): string => /name="csrf" value="([^"]+)"/.exec(reply.body)?.[1] ?? '';
  const csrf = async (page: string): Promise<string> => tokenIn(await send('GET', page));
  return {
    jar,
    get: (url: string) => send('GET', url),
    follow,
    /** Sends the form of a page that is open, to the address that the form itself names. */
    submit: async (open: Reply, form: Record<string, string>, action = /<form[^>]* action="(\/oidc[^"]+)"/) =>
      follow(await send('POST', action.exec(open.body)?.[1] ?? '', { ...form, csrf: tokenIn(open) })),
    /** Signs in with name and password; what stands there then is the way out of it, or a page of it. */
    async signIn(form: { name: string; password: string }, next = '/') {
      const open = await follow(await send('GET', `/sign-in?next=${encodeURIComponent(next)}`));
      const action = /action="(\/oidc\/interaction\/[\w-]+)"/.exec(open.body)?.[1] ?? '';
      return follow(await send('POST', action, { ...form, csrf: tokenIn(open) }));
    },
    /** Posts a form with the token that `page` carries. */
    post: async (page: string, url: string, form: Record<string, string>) =>
      send('POST', url, { ...form, csrf: await csrf(page) }),
    /** Posts a form without the token. */
    bare: (url: string, form: Record<string, string>) => send('POST', url, form),
  };
}
