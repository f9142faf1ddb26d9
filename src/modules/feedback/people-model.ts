import { type Static, Type } from 'typebox';
import { type EventKind, eventKinds } from './model.ts';

/** The ways in which a person is told: letters to a mailbox, notes of his browser. */
export const wishWays = ['mail', 'push'] as const;
export type WishWay = (typeof wishWays)[number];

/** What a person is told of: everything, what was decided, or what waits for somebody's answer. */
export const wishAbouts = ['results', 'asks', 'all'] as const;
export type WishAbout = (typeof wishAbouts)[number];

const results: readonly EventKind[] = [
  'clearance.decided',
  'clearance.released',
  'clearance.redetermined',
  'clearance.denied',
  'clearance.cancelled',
  'clearance.disposed',
  'clearance.left',
  'clearance.returned',
  'clearance.return-ended',
  'treasury.refunded',
  'trade.goods',
  'trade.money',
];
const asks: readonly EventKind[] = [
  'clearance.waiting',
  'clearance.short-landed',
  'clearance.kept-back',
  'cases.moved',
  'treasury.issued',
  'treasury.reissued',
];
/** The kinds of events of a group; null for every kind. */
export const kindsAbout: Readonly<Record<WishAbout, readonly EventKind[] | null>> = {
  all: null,
  results,
  asks: asks.filter((kind) => eventKinds.includes(kind)),
};

/** Wishes of one person at most. */
export const wishesMax = 10;

/** What a browser gives of itself for notes (Push API, `PushSubscription.toJSON`). */
export const PushSubscription = Type.Object(
  {
    endpoint: Type.String({ minLength: 8, maxLength: 1_000, pattern: '^[\\x21-\\x7e]+$' }),
    expirationTime: Type.Optional(Type.Union([Type.Null(), Type.Integer()])),
    keys: Type.Object(
      {
        p256dh: Type.String({ pattern: '^[A-Za-z0-9_-]{80,100}=?$' }),
        auth: Type.String({ pattern: '^[A-Za-z0-9_-]{16,30}={0,2}$' }),
      },
      { additionalProperties: false },
    ),
  },
  { additionalProperties: false },
);
export type PushSubscription = Static<typeof PushSubscription>;

/** A wish as its person sees it. */
export interface WishView {
  readonly id: string;
  readonly way: WishWay;
  readonly address: string;
  readonly about: WishAbout;
  readonly language: string;
  readonly state: 'asked' | 'active' | 'ended';
  readonly told: string | null;
  readonly answer: string | null;
}

/** A letter before it is sent. */
export interface Letter {
  /** Made of what it tells: the same letter twice has one id. */
  readonly id: string;
  readonly person: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  /** The address that ends the wish it comes from. */
  readonly stop: string;
}
