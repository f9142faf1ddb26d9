import { type Static, Type } from 'typebox';
import type { WireMoney } from '#kernel/money.ts';
import type { Catalogue } from '#kernel/result.ts';
import type { Status } from '#modules/clearance/index.ts';

/** The refusals of this module. */
export const refusals = {
  'feedback/party-needed': { status: 403, title: 'News of parcels go to parties: this caller stands for none' },
  'feedback/not-yours': { status: 403, title: 'You may not do this with the news of this party' },
  'feedback/kind-unknown': { status: 400, title: 'There is no such kind of event' },
  'feedback/cursor-too-old': { status: 410, title: 'Events of that time are not kept any more' },
  'feedback/too-many-watch': { status: 503, title: 'Too many streams of events are open at this moment' },
  'feedback/webhook-unknown': { status: 404, title: 'There is no such webhook, or it is not yours' },
  'feedback/webhooks-full': { status: 409, title: 'This party has as many webhooks as one may have' },
  'feedback/not-https': { status: 400, title: 'The address of a webhook begins with https' },
  'feedback/not-an-address': { status: 400, title: 'This is not an address that can be written to' },
  'feedback/has-credentials': { status: 400, title: 'The address of a webhook holds no user name and no password' },
  'feedback/not-public': { status: 400, title: 'The address of a webhook is not one of the public internet' },
  'feedback/not-active': { status: 409, title: 'The webhook is not active' },
  'feedback/batch-unknown': { status: 404, title: 'There is no such dead letter of this webhook' },
  'feedback/not-a-person': { status: 403, title: 'Only a person chooses how he is told' },
  'feedback/not-a-mailbox': { status: 400, title: 'This is no e-mail address' },
  'feedback/wishes-full': { status: 409, title: 'This person has as many ways of being told as one may have' },
  'feedback/link-unknown': { status: 404, title: 'This link is not good any more' },
  'feedback/batch-delivered': { status: 409, title: 'This dead letter has been delivered meanwhile' },
} as const satisfies Catalogue;

/** Every kind of event, by the name that the timeline of a parcel gives it too. */
export const eventKinds = [
  'clearance.waiting',
  'clearance.decided',
  'clearance.presented',
  'clearance.short-landed',
  'clearance.released',
  'clearance.control-lifted',
  'clearance.control-restored',
  'clearance.redetermined',
  'clearance.amended',
  'clearance.denied',
  'clearance.cancelled',
  'clearance.disposed',
  'clearance.kept-back',
  'clearance.leaving',
  'clearance.left',
  'clearance.export-proven',
  'clearance.return-applied',
  'clearance.returned',
  'clearance.return-ended',
  'cases.moved',
  'treasury.issued',
  'treasury.secured',
  'treasury.reissued',
  'treasury.cancelled',
  'treasury.reinstated',
  'treasury.paid',
  'treasury.refunded',
  'trade.goods',
  'trade.money',
] as const;
export type EventKind = (typeof eventKinds)[number];

/** Why, as a code and its parameters; words are looked up by whoever shows them. */
export interface Reason {
  readonly check: string;
  readonly result: string;
  readonly code: string;
  readonly params: Readonly<Record<string, string>>;
}

/** What somebody else told of a parcel's goods, or of the money paid for it. */
export interface Movement {
  readonly step: string;
  readonly by: string;
  readonly happened: string;
  readonly zone: string;
  readonly place?: string;
  readonly simulated: boolean;
}

/** What is told of an event beside what it is and when: everything that somebody may see of it. */
export interface EventData {
  /** The caller's own key of the parcel. */
  readonly declaration: string;
  readonly version?: number;
  readonly status?: Status;
  readonly since?: string;
  readonly presented?: number;
  readonly pieces?: number;
  readonly place?: string;
  readonly barcode?: string;
  readonly ending?: string;
  readonly outcome?: string;
  readonly route?: string;
  readonly ground?: string;
  readonly reasons?: readonly Reason[];
  readonly missing?: readonly string[];
  readonly secured?: boolean;
  readonly border?: WireMoney;
  readonly notice?: { readonly state: string; readonly amount?: WireMoney; readonly refund?: WireMoney };
  readonly goods?: Movement;
  readonly money?: Movement;
  readonly case?: { readonly id: string; readonly procedure: string; readonly move: string; readonly state: string };
}

/** An event as it leaves: the same id however and however often it is told. */
export interface Told extends Partial<EventData> {
  readonly id: string;
  /** Its place among the events of this party, as a cursor to go on from. */
  readonly sequence: string;
  readonly kind: string;
  readonly at: string;
  readonly parcel: string;
  readonly seeded?: boolean;
}

/** How long events are kept, in days; also how long an inbox stays open that nobody reads. */
export const keptDays = 14;

/** A party's webhooks at most, and the attempts a batch gets. */
export const webhooksMax = 10;
export const attemptsMax = 12;
/** After so many batches given up one after another the receiver is taken to be away, and the webhook waits. */
export const parkedInRowMax = 3;

const url = Type.String({ minLength: 8, maxLength: 500, pattern: '^[\\x21-\\x7e]+$' });
const kinds = Type.Union([
  Type.Null(),
  Type.Array(Type.Unsafe<EventKind>(Type.Union(eventKinds.map((kind) => Type.Literal(kind)))), {
    minItems: 1,
    maxItems: eventKinds.length,
    uniqueItems: true,
  }),
]);
const size = Type.Integer({ minimum: 1, maximum: 500 });

/** The body of `POST /v1/webhooks`: kinds left out or null mean every kind; size is the most events in one batch. */
export const NewWebhook = Type.Object(
  { url, kinds: Type.Optional(kinds), size: Type.Optional(size) },
  { additionalProperties: false, $id: 'Webhook' },
);
export type NewWebhook = Static<typeof NewWebhook>;

/** The body of `PUT /v1/webhooks/{id}`: what is left out stays. */
export const WebhookChange = Type.Object(
  {
    url: Type.Optional(url),
    kinds: Type.Optional(kinds),
    size: Type.Optional(size),
    state: Type.Optional(Type.Union([Type.Literal('active'), Type.Literal('paused')])),
  },
  { additionalProperties: false, $id: 'WebhookChange' },
);
export type WebhookChange = Static<typeof WebhookChange>;

export const sizeUsual = 100;

export type WebhookState = 'active' | 'paused' | 'gone';

/** A batch that was given up. */
export interface DeadLetter {
  readonly batch: string;
  readonly events: number;
  readonly attempts: number;
  readonly parked: string;
  readonly state: 'parked' | 'replaying' | 'delivered';
  readonly lastAt: string;
  /** A status and the beginning of the body, or why there was no answer. */
  readonly lastAnswer: string;
}

/** A webhook as its party sees it. */
export interface WebhookView {
  readonly id: string;
  readonly url: string;
  readonly kinds: readonly string[] | null;
  readonly size: number;
  readonly state: WebhookState;
  readonly since: string;
  readonly created: string;
  /** Until when the secret before this one signs too. */
  readonly rotating: string | null;
  /** When events that had not been sent were found to be no longer kept. */
  readonly missed: string | null;
  /** Whether there is anything it has not been told. */
  readonly waiting: boolean;
  /** The batch under way, when it failed before. */
  readonly delivery: { readonly batch: string; readonly attempts: number; readonly next: string } | null;
  readonly last: {
    readonly at: string | null;
    readonly answer: string | null;
    readonly delivered: string | null;
  };
  readonly deadLetters: number;
}
