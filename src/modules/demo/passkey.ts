import { randomBytes } from 'node:crypto';
import { enrolPasskey } from '#modules/issuer/index.ts';
import type { Context } from '#platform/context.ts';
import { castPrincipal } from './decisions.ts';

/** The seller's passkey, whose other half is on a telephone that nobody has: it is seen, and opens nothing. */
export async function ownPasskey(context: Context): Promise<void> {
  const { subject: person } = await castPrincipal(context, 'salma');
  await enrolPasskey(context, { person, name: 'Shop telephone', id: randomBytes(16).toString('base64url') });
}
