import { dayIn } from '#kernel/effective.ts';
import type { Refusal } from '#kernel/result.ts';
import type { Context } from '#platform/context.ts';
import type { Tx } from '#platform/db.ts';
import { append } from '#platform/journal.ts';
import type { CaseRow, Effect, Procedure } from '#modules/cases/index.ts';
import { admitParty, joinParty, personOf, suspendParty } from '#modules/parties/index.ts';
import { packsPart } from '#modules/rulebook/index.ts';
import { type ApplicationRow, managerRolesOf } from './model.ts';
import * as store from './store.ts';
import { epochOf } from './whole.ts';

/** Reference data changes under an epoch, which only the page of a registration opens. */
const elsewhere: Refusal = { code: 'registration/decide-here' };

/** Publishes a business under its identifier, and makes whoever asked for it its first manager. */
export async function admit(
  context: Context,
  tx: Tx,
  epoch: bigint,
  by: string,
  row: ApplicationRow,
): Promise<Refusal | undefined> {
  const { id, identifier, name, language, latin, roles, person } = row;
  const { timeZone } = context.reference.current().get(packsPart).home;
  const from = dayIn(context.clock.instant(), timeZone);
  const party = { id, identifier, name, language, latin, roles, status: 'active', from, until: null } as const;
  const admitted = await admitParty(tx, epoch, { subject: by }, party);
  if (!admitted.ok) return { code: 'registration/identifier-taken', params: { identifier } };
  const someone = await personOf(tx, person);
  if (someone?.party === identifier) return undefined;
  const joined = await joinParty(
    context,
    tx,
    { subject: by },
    {
      person,
      party: identifier,
      roles: managerRolesOf(roles),
    },
  );
  return joined.ok ? undefined : { code: 'registration/person-gone' };
}

type Doing = (context: Context, tx: Tx, epoch: bigint, one: CaseRow, row: ApplicationRow) => Promise<Refusal | void>;

const each =
  (doing: Doing): Effect['apply'] =>
  async (tx, cases, context) => {
    const epoch = epochOf(tx);
    if (epoch === undefined) return elsewhere;
    for (const one of cases) {
      const row = await store.byId(tx, one.subject);
      const refused = row === undefined ? elsewhere : await doing(context, tx, epoch, one, row);
      if (refused !== undefined) return refused;
    }
    return undefined;
  };

const settle = async (context: Context, tx: Tx, row: ApplicationRow, state: ApplicationRow['state']): Promise<void> => {
  await store.setState(tx, row.id, state, state === 'open' ? null : context.clock.instant());
  await append(tx, [{ kind: `registration.${state === 'open' ? 'reopened' : state}`, subject: row.id }]);
};

const admitting: Effect = {
  apply: each(async (context, tx, epoch, one, row) => {
    const refused = await admit(context, tx, epoch, one.decidedBy ?? 'system', row);
    if (refused === undefined) await settle(context, tx, row, 'approved');
    return refused;
  }),
  undo: each(async (context, tx, epoch, one, row) => {
    await suspendParty(tx, epoch, { subject: one.decidedBy ?? 'system' }, row.identifier);
    await settle(context, tx, row, 'open');
  }),
};

const refusing: Effect = {
  apply: each((context, tx, _epoch, _one, row) => settle(context, tx, row, 'refused')),
  undo: each((context, tx, _epoch, _one, row) => settle(context, tx, row, 'open')),
};

/**
 * A business that asks for roles which the pack lets a desk approve. It waits until somebody decides, with ground,
 * reason and remedy; more may be asked of it meanwhile.
 */
export const registrationProcedure: Procedure = {
  name: 'registration',
  version: 1,
  first: 'open',
  rights: { read: 'registration.read', decide: 'registration.decide' },
  moves: [
    { name: 'approve', from: ['open', 'asked'], to: 'approved', by: 'desk', decision: true, effect: 'admit' },
    { name: 'refuse', from: ['open', 'asked'], to: 'refused', by: 'desk', decision: true, effect: 'refuse' },
    { name: 'ask', from: ['open'], to: 'asked', by: 'desk' },
    { name: 'answer', from: ['asked'], to: 'open', by: 'system' },
  ],
  deadlines: [
    { name: 'decision', in: ['open'], hours: 'fact:decideHours', from: 'entered', source: 'fact:decideSource' },
  ],
  effects: { admit: admitting, refuse: refusing },
};
