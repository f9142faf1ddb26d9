import type { Catalogue } from '#kernel/result.ts';

/** How long somebody has from opening the sign-in to its end, and a passkey to answer. */
export const stepMinutes = { signIn: 15, passkey: 5 } as const;

/** How many recovery codes are made at once, and of how many bytes each. */
export const recovery = { codes: 10, bytes: 10 } as const;

/** How long what the issuer hands out is good for, in seconds. */
export const seconds = { access: 600, code: 60, id: 600, interaction: stepMinutes.signIn * 60, session: 900 } as const;

/** How many passkeys a person has at most. */
export const passkeysMax = 20;

export const refusals = {
  'issuer/sign-in-over': { status: 410, title: 'This sign-in is over, or was begun in another browser' },
  'issuer/code-wrong': { status: 401, title: 'This code is not right, or was used before' },
  'issuer/passkey-unknown': { status: 401, title: 'This passkey is not known here' },
  'issuer/passkey-wrong': { status: 401, title: 'The passkey did not prove itself' },
  'issuer/passkey-known': { status: 409, title: 'This passkey stands here already' },
  'issuer/passkeys-most': { status: 409, title: 'Nobody has more than 20 passkeys' },
  'issuer/passkey-unnamed': { status: 400, title: 'A passkey needs a name of at most 60 characters' },
  'issuer/passkey-gone': { status: 404, title: 'There is no such passkey' },
  'issuer/no-authenticator': { status: 409, title: 'No authenticator app is being set up' },
  'issuer/for-people': { status: 403, title: 'This page is for people, not for programs' },
} as const satisfies Catalogue;
