import { Type } from 'typebox';
import { type Outcome, outcomes } from '#kernel/check.ts';
import { type Status, statuses } from './model.ts';

/** What answers hold, as they are described to whoever reads them; nothing is checked or left out by these shapes. */
const open = <T extends Parameters<typeof Type.Object>[0]>(properties: T, description: string) =>
  Type.Object(properties, { additionalProperties: true, description });
const text = (description: string) => Type.String({ description });
const status = Type.Unsafe<Status>({ type: 'string', enum: [...statuses] });

const check = open(
  {
    id: Type.String(),
    result: Type.Unsafe<string>({ type: 'string', enum: ['passed', 'failed', 'skipped', 'unknown'] }),
    reason: text('A code; its words depend on who reads.'),
    params: Type.Record(Type.String(), Type.String()),
    rule: Type.String(),
    source: text('The provision of the law.'),
    missing: Type.Array(Type.String()),
  },
  'One question asked of the parcel, and how it came out.',
);

const decision = open(
  {
    outcome: Type.Unsafe<Outcome>({ type: 'string', enum: [...outcomes] }),
    checks: Type.Array(check),
    ground: Type.Union([Type.String(), Type.Null()]),
    remedy: Type.Union([Type.String(), Type.Null()]),
    automated: Type.Boolean(),
    by: Type.String(),
    day: text('The day of the law that was applied.'),
    snapshot: text('The digest of the reference data that it was decided on.'),
  },
  'What was decided, and why.',
);

/** What a filing is answered with. It is sent as a text that was written when the parcel was decided. */
export const FiledAnswer = Type.Unsafe<string>(
  open(
    {
      id: text('The id of the parcel in this window.'),
      declaration: Type.String(),
      version: Type.Integer(),
      status,
      received: text('The moment at which it was received, RFC 3339 in UTC.'),
      secured: Type.Boolean({ description: 'Whether its charges are secured.' }),
      decision,
    },
    'The parcel as it was decided; the same parcel again gets the same answer.',
  ),
);

/** What of a parcel its page begins with. */
export const ParcelAnswer = open(
  {
    id: Type.String(),
    declaration: Type.Optional(Type.String()),
    version: Type.Optional(Type.Integer()),
    status: Type.Optional(status),
    since: Type.Optional(text('Since when it has this status.')),
  },
  'The parcel as far as the caller may see it.',
);
