import { isIP } from 'node:net';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

/** The OpenID Connect issuer that says who people and programs are. */
export interface IssuerConfig {
  readonly url: string;
  /** Whether it is this window itself. */
  readonly embedded: boolean;
  /** Under what name, and with what secret, this window asks it; without a secret it signs with its own key. */
  readonly clientId: string;
  readonly clientSecret: string | null;
  /** What access tokens must be made out for. */
  readonly audience: string;
  /** Which claims name the person, as he is called in this window, and the API client, by its id. */
  readonly claims: { readonly person: string; readonly client: string };
  /** The addresses of other windows whose people sign in at this one. */
  readonly windows: readonly string[];
}

/** Everything that can be set from outside, read once at start. */
export interface Config {
  readonly host: string;
  readonly port: number;
  /** The address that people and systems outside use, without a slash at its end. */
  readonly origin: string;
  readonly dataFolder: string;
  readonly issuer: IssuerConfig;
  /** A PostgreSQL of the operator's own; without it Portolan runs one in the data folder. */
  readonly databaseUrl?: string;
  /** The pack of the window's home. */
  readonly economy: string;
  readonly packFolders: readonly string[];
  /** Addresses of proxies in front of the window, whose word on where a request came from is taken. */
  readonly proxies: readonly string[];
  /** Whether an empty window fills itself with the demonstration; only ever on loopback. */
  readonly demo: boolean;
  /** Where real input and shared reference material lie, when they are there. */
  readonly shared: string;
  /** Where official schemas of messages lie; null where the operator has named none. */
  readonly schemas: string | null;
  /** The mail server for letters, as `smtp://user:password@host:587?from=address`; null for the simulated mailbox. */
  readonly smtp: string | null;
  /** How many processes serve; each has a writer, lanes and connections of its own. */
  readonly processes: number;
  /** The shared memory of the PostgreSQL that Portolan runs itself, in PostgreSQL's own words. */
  readonly sharedBuffers: string;
  /** How many days of parcels are meant to stand in the database, today not counted; null for all of them. */
  readonly keepDays: number | null;
  /** The file that says how this window looks: its name, colours and logo; null for the look of its own. */
  readonly theme: string | null;
}

/** A setting that cannot be used; the message is one sentence for the person who set it. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

type Environment = Readonly<Record<string, string | undefined>>;

const loopback = new Set(['127.0.0.1', '::1', 'localhost']);

/** Whether a host is reached from this machine only. */
export const isLoopback = (host: string): boolean => loopback.has(host);

function portOf(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(port <= 65_535)) throw new ConfigError(`PORT must be a number from 0 to 65535, not “${text}”.`);
  return port;
}

function originOf(text: string | undefined, host: string, port: number): string {
  if (text === undefined) {
    if (isLoopback(host)) return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
    throw new ConfigError(`PORTOLAN_ORIGIN must be set to the public https address when HOST is ${host}.`);
  }
  const url = URL.parse(text);
  if (url === null || url.pathname !== '/' || url.search !== '' || url.hash !== '' || url.username !== '') {
    throw new ConfigError(`PORTOLAN_ORIGIN must be an address like https://window.example, not “${text}”.`);
  }
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback(host))) {
    throw new ConfigError(`PORTOLAN_ORIGIN must be an https address when HOST is ${host}, not “${text}”.`);
  }
  return url.origin;
}

function matching(name: string, text: string, pattern: RegExp, example: string): string {
  if (!pattern.test(text)) throw new ConfigError(`${name} must look like ${example}, not “${text}”.`);
  return text;
}

function smtpOf(text: string | undefined): string | null {
  if (text === undefined) return null;
  const url = URL.parse(text);
  if (url === null || !/^smtps?:$/.test(url.protocol) || url.hostname === '')
    throw new ConfigError('PORTOLAN_SMTP must be an address like smtps://user:password@mail.example?from=a@b.example.');
  return text;
}

function keepDaysOf(text: string | undefined): number | null {
  if (text === undefined) return null;
  if (!/^[1-9]\d{0,4}$/.test(text))
    throw new ConfigError(`PORTOLAN_KEEP_DAYS must be a number of days from 1 to 99999, not “${text}”.`);
  return Number(text);
}

const originsOf = (name: string, text: string): readonly string[] =>
  text
    .split(/[\s,]+/)
    .filter((part) => part !== '')
    .map((part) => {
      const url = URL.parse(part);
      const fine = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.hostname));
      if (!fine || url === null || url.origin !== part)
        throw new ConfigError(`${name} must list addresses like https://window.example, not “${part}”.`);
      return part;
    });

function claimsOf(text: string): IssuerConfig['claims'] {
  const claims: { person: string; client: string } = { person: 'preferred_username', client: 'client_id' };
  for (const part of text.split(',').filter((one) => one.trim() !== '')) {
    const [, what, claim] = /^\s*(person|client)=([\w:/.-]{1,100})\s*$/.exec(part) ?? [];
    if ((what !== 'person' && what !== 'client') || claim === undefined)
      throw new ConfigError(`PORTOLAN_ISSUER_CLAIMS must look like person=email,client=client_id, not “${text}”.`);
    claims[what] = claim;
  }
  return claims;
}

/** The issuer as it is set; the one of this window itself where none is. */
function issuerOf(env: Environment, host: string, origin: string): IssuerConfig {
  const windows = originsOf('PORTOLAN_ISSUER_WINDOWS', given(env, 'PORTOLAN_ISSUER_WINDOWS') ?? '');
  const claims = claimsOf(given(env, 'PORTOLAN_ISSUER_CLAIMS') ?? '');
  const audience = given(env, 'PORTOLAN_ISSUER_AUDIENCE') ?? `${origin}/v1`;
  const clientId = given(env, 'PORTOLAN_ISSUER_CLIENT_ID');
  const clientSecret = given(env, 'PORTOLAN_ISSUER_CLIENT_SECRET') ?? null;
  const url = given(env, 'PORTOLAN_ISSUER');
  if (url === undefined) {
    const foreign = clientId !== undefined || clientSecret !== null;
    if (foreign) throw new ConfigError('PORTOLAN_ISSUER must be set where PORTOLAN_ISSUER_CLIENT_… is.');
    const own = { url: `${origin}/oidc`, embedded: true, clientId: 'portal', clientSecret };
    return Object.freeze({ ...own, audience, claims, windows });
  }
  const parsed = URL.parse(url);
  const secure = parsed?.protocol === 'https:' || (parsed?.protocol === 'http:' && isLoopback(parsed.hostname));
  if (parsed === null || !secure || !isPlain(parsed) || (parsed.protocol === 'http:' && !isLoopback(host)))
    throw new ConfigError(`PORTOLAN_ISSUER must be an https address like https://id.example, not “${url}”.`);
  return Object.freeze({ url, embedded: false, clientId: clientId ?? origin, clientSecret, audience, claims, windows });
}

const isPlain = (url: URL): boolean => url.search === '' && url.hash === '' && url.username === '';

/** The address of a proxy, or of a network of them. */
function proxyOf(text: string): string {
  const [address = '', bits, more] = text.split('/');
  const version = isIP(address);
  const most = version === 4 ? 32 : 128;
  const network = bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= most);
  if (version === 0 || !network || more !== undefined)
    throw new ConfigError(
      `PORTOLAN_PROXIES must list addresses or networks such as 127.0.0.1 or 10.0.0.0/8, not “${text}”.`,
    );
  return text;
}

/** An empty variable is taken as one that is not set, as compose files write it. */
const given = (env: Environment, name: string): string | undefined => env[name]?.trim() || undefined;

/**
 * Reads the environment and the command line into one frozen object; throws a ConfigError naming the setting.
 * Relative folders are taken from the working folder. The only argument is `--empty`: a window without demonstration.
 */
export function readConfig(env: Environment, argv: readonly string[], folder: string = process.cwd()): Config {
  const unknown = argv.find((argument) => argument !== '--empty');
  if (unknown !== undefined) throw new ConfigError(`The argument “${unknown}” is not known; there is only --empty.`);
  const host = given(env, 'HOST') ?? '127.0.0.1';
  const port = portOf(given(env, 'PORT') ?? '8080');
  const databaseUrl = given(env, 'DATABASE_URL');
  if (databaseUrl !== undefined && !/^postgres(ql)?:\/\//.test(databaseUrl)) {
    throw new ConfigError('DATABASE_URL must begin with postgres:// or postgresql://.');
  }
  const schemas = given(env, 'PORTOLAN_SCHEMAS');
  const theme = given(env, 'PORTOLAN_THEME');
  const folders = (given(env, 'PORTOLAN_PACKS') ?? '').split(':').filter((part) => part !== '');
  const origin = originOf(given(env, 'PORTOLAN_ORIGIN'), host, port);
  const proxies = (given(env, 'PORTOLAN_PROXIES') ?? '').split(',').map((one) => one.trim());
  return Object.freeze({
    host,
    port,
    origin,
    issuer: issuerOf(env, host, origin),
    dataFolder: resolve(folder, given(env, 'PORTOLAN_DATA') ?? 'data'),
    ...(databaseUrl === undefined ? {} : { databaseUrl }),
    economy: matching('PORTOLAN_ECONOMY', given(env, 'PORTOLAN_ECONOMY') ?? 'xp', /^[a-z]{2}(-[a-z0-9]+)*$/, 'xp'),
    packFolders: Object.freeze(folders.map((part) => resolve(folder, part))),
    proxies: Object.freeze(proxies.filter((one) => one !== '').map(proxyOf)),
    demo: !argv.includes('--empty') && isLoopback(host),
    shared: resolve(folder, given(env, 'PORTOLAN_SHARED') ?? '../shared'),
    schemas: schemas === undefined ? null : resolve(folder, schemas),
    smtp: smtpOf(given(env, 'PORTOLAN_SMTP')),
    processes: Number(
      matching(
        'PORTOLAN_PROCESSES',
        given(env, 'PORTOLAN_PROCESSES') ?? '1',
        /^([1-9]|[1-5]\d|6[0-4])$/,
        'a number from 1 to 64',
      ),
    ),
    sharedBuffers: matching(
      'PORTOLAN_SHARED_BUFFERS',
      given(env, 'PORTOLAN_SHARED_BUFFERS') ?? '512MB',
      /^\d{1,7}(kB|MB|GB)$/,
      '512MB',
    ),
    keepDays: keepDaysOf(given(env, 'PORTOLAN_KEEP_DAYS')),
    theme: theme === undefined ? null : resolve(folder, theme),
  });
}

/** The environment of this process: the one place that reads it. */
export const environment = (): Environment => process.env;

/** The version of this program, as its package names it. */
export function programVersion(): string {
  const { version }: { version: string } = JSON.parse(
    readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
  );
  return version;
}
