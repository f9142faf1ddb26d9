import { type Static, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { newId } from '#kernel/id.ts';
import { ok, refuse, type Result } from '#kernel/result.ts';
import { may, type Principal, view } from '#platform/auth.ts';
import type { Context } from '#platform/context.ts';
import { readJws, verifyJws } from '#platform/jws.ts';
import { linesOf } from '#platform/ndjson.ts';
import { spool, type Spooled } from '#platform/spool.ts';
import { misfit } from '#platform/validation.ts';
import { signingKeyOf } from '#modules/parties/index.ts';
import { PartyIdentifier } from '#modules/rulebook/index.ts';
import type { Who } from './take.ts';
import * as store from './store.ts';

/**
 * One signed statement vouches for a whole file of slips: who files it, how many lines it has, and the digest of its
 * bytes. Where one of these is not so, nothing of the file is looked at any further, so the file is written to disk
 * first.
 */
export const statementType = 'portolan-upload+jws';

/** The largest file that a statement may vouch for, in bytes: it is held on disk until all of it is known. */
const bytesMax = 2 ** 30;

const Payload = Type.Object(
  {
    filer: PartyIdentifier,
    lines: Type.Integer({ minimum: 1, maximum: 10_000_000 }),
    sha256: Type.String({ pattern: '^[0-9a-f]{64}$' }),
  },
  { additionalProperties: false },
);
const payload = Compile(Payload);

type Statement = Static<typeof Payload> & { readonly identity: string; readonly jws: string };

/** Reads a statement and verifies it with the key on record for the client that sends it. */
function statementOf(context: Context, principal: Principal, jws: string): Result<Statement> {
  const read = readJws(jws, statementType);
  if (!read.ok) return read;
  const key = principal.client === null ? undefined : signingKeyOf(context.reference.current(), principal.client);
  if (key === undefined) return refuse('slips/statement-no-key');
  const verified = verifyJws(read.value, key);
  if (!verified.ok) return verified;
  const said = read.value.payload;
  const bad = misfit(payload, said, 'statement');
  if (bad) return { ok: false, error: { code: 'slips/statement-malformed', more: bad.more ?? [] } };
  // The schema has just said so.
  const { filer, lines, sha256 } = said as Static<typeof Payload>;
  if (filer !== principal.party) return refuse('slips/statement-filer', { params: { filer } });
  return ok({ filer, lines, sha256, identity: read.value.identity, jws });
}

/** A file that a statement vouches for, on disk, with the statement's id. */
export interface Vouched {
  readonly statement: string;
  readonly file: Spooled;
}

/** Takes a file with its statement: both are right together, or nothing is kept. */
export async function vouched(
  context: Context,
  who: Who,
  jws: string,
  chunks: AsyncIterable<Buffer>,
): Promise<Result<Vouched>> {
  const principal = await who();
  if (!principal.ok) return principal;
  const statement = statementOf(context, principal.value, jws);
  if (!statement.ok) return statement;
  const { filer, lines, sha256, identity } = statement.value;
  const spooled = await spool(chunks, bytesMax);
  if (!spooled.ok) return spooled;
  const file = spooled.value;
  try {
    const right = await fits(file, lines, sha256);
    if (!right.ok) {
      await file.drop();
      return right;
    }
    const nowMs = context.clock.now();
    const row = { id: newId(nowMs), filer, received: context.clock.instant(), lines, digest: sha256, identity, jws };
    return ok({ statement: await store.keepStatement(context.db, row), file });
  } catch (error) {
    await file.drop();
    throw error;
  }
}

async function fits(file: Spooled, lines: number, sha256: string): Promise<Result<null>> {
  if (file.sha256 !== sha256) return refuse('slips/statement-digest', { params: { sha256: file.sha256 } });
  let counted = 0;
  for await (const _line of linesOf(file.read())) counted += 1;
  return counted === lines ? ok(null) : refuse('slips/statement-lines', { params: { lines: String(counted) } });
}

/** A statement as it was received, for whoever sent it and for authorities that may see it. */
export async function statementView(
  context: Context,
  principal: Principal,
  id: string,
): Promise<Result<Record<string, unknown>>> {
  const row = await store.statementOf(context.db, id);
  const record = { kind: 'slip', id, parties: { filer: row ? [row.filer] : [] }, desk: null } as const;
  if (!row || !may(principal, 'slip.read', record))
    return refuse('slips/not-found', { pointer: '/id', params: { in: 'path' } });
  return ok({ ...view(principal, { ...record, data: { ...row, sha256: row.digest.toString('hex') } }) });
}
