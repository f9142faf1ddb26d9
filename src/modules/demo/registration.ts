import type { Context } from '#platform/context.ts';
import { apply, registrationList } from '#modules/registration/index.ts';
import { must } from '#kernel/result.ts';
import type { Principal } from '#platform/auth.ts';

/** A market hall on the quay asks to be let in as a platform: it waits for the ministry's desk. */
export async function askToRegister(context: Context): Promise<void> {
  const asked = await apply(
    context,
    {
      name: 'Mercato del Molo',
      language: 'it',
      country: 'XP',
      address: 'Molo Vecchio 3, Porto Ponente',
      identifiers: [
        { scheme: 'xp-register', value: 'XP-MERCATO' },
        { scheme: 'lei', value: '506700GE1G29325QX363' },
      ],
      roles: ['platform', 'declarant'],
      person: { name: 'nora.molo', shown: 'Nora del Molo' },
    },
    [],
    'demonstration',
  );
  // Who starts the history again finds that it was asked before.
  if (!asked.ok && asked.error.code !== 'registration/identifier-taken') must(asked);
}

/** The registration that waits for the desk of whoever looks. */
export async function waitingRegistration(context: Context, principal: Principal): Promise<string | undefined> {
  const listed = await registrationList(context, principal, { waiting: true, after: null });
  const [first] = listed.ok ? listed.value.items : [];
  return first?.id === undefined ? undefined : `/registrations/${first.id}`;
}
