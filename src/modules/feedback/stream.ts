import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { Audience, type Watcher } from '#platform/audience.ts';
import type { Context } from '#platform/context.ts';
import { identified } from '#platform/gates.ts';
import type { App } from '#platform/http.ts';
import { sendProblem } from '#platform/problem.ts';
import type { EventKind, Told } from './model.ts';
import { cursorOf, kindsOf, newest, openInbox, pageAfter, readerOf } from './service.ts';

/** How often it is looked for news while anybody watches, and for how many beats a silent line stays without a word. */
const beatMs = 500;
const silentBeats = 30;
/** A stream ends after this time and is taken up again where it stood, so that no session outlives itself by more. */
const beatsMax = 1_200;
const watchersMax = 200;
const watchersOfPartyMax = 8;
const pageSize = 100;
const pagesPerBeat = 20;

interface Watching {
  readonly request: FastifyRequest;
  readonly party: string;
  readonly kinds: readonly EventKind[] | null;
  after: bigint;
  beats: number;
}

const message = (event: Told): string =>
  `id: ${event.sequence}\nevent: ${event.kind}\ndata: ${JSON.stringify(event)}\n\n`;

/**
 * Those who watch. A reader that does not keep up is written nothing until it does: its place is a number, not a queue.
 * It is asked with every beat whether whoever watches still may.
 */
function audienceOf(app: App, context: Context): Audience<Watching> {
  const tell = async (watcher: Watching & Watcher, last: bigint): Promise<void> => {
    const { stream, request, party, kinds } = watcher;
    const principal = await context.identify(request);
    const reader = readerOf(principal);
    watcher.beats += 1;
    if (!reader.ok || reader.value !== party || watcher.beats > beatsMax) return void stream.end();
    for (let pages = 0; pages < pagesPerBeat && watcher.after < last && !stream.writableNeedDrain; pages += 1) {
      const page = await pageAfter(context, principal, { party, after: watcher.after, kinds, limit: pageSize });
      if (stream.destroyed) return;
      if (page.events.length > 0) stream.write(page.events.map(message).join(''));
      watcher.after = page.next;
    }
    if (watcher.beats % silentBeats === 0) stream.write(': \n\n');
  };
  return new Audience<Watching>(app, context, {
    beatMs,
    failure: 'events-not-read',
    async beat(watchers) {
      // A key that was revoked by another process is known as such here only after this.
      await context.reference.refresh();
      const last = await newest(context);
      for (const watcher of watchers) await tell(watcher, last);
    },
  });
}

const cursor = /^(0|[1-9][0-9]{0,17})$/;
const Asked = Type.Object(
  {
    after: Type.Optional(Type.String({ pattern: cursor.source })),
    kind: Type.Optional(Type.String({ minLength: 1, maxLength: 500 })),
  },
  { additionalProperties: false },
);

/** What happens to one's parcels as server-sent events (HTML §9.2). */
export function eventStream(app: App, context: Context): void {
  const audience = audienceOf(app, context);
  const full = (party: string): boolean =>
    audience.watchers.size >= watchersMax ||
    [...audience.watchers].filter((one) => one.party === party).length >= watchersOfPartyMax;
  const summary =
    'The same as server-sent events, from now on, after a cursor, or after the Last-Event-ID that a reader sends';
  app.get(
    '/v1/events/stream',
    { schema: { summary, tags: ['events'], querystring: Asked } },
    async (request, reply) => {
      const principal = await identified(context, request);
      if (!principal.ok) return sendProblem(reply, principal.error);
      const kinds = kindsOf(request.query.kind);
      if (!kinds.ok) return sendProblem(reply, kinds.error);
      const heard = request.headers['last-event-id'];
      const from = typeof heard === 'string' ? heard : request.query.after;
      if (from !== undefined && !cursor.test(from)) return sendProblem(reply, { code: 'http/bad-request' });
      const party = await openInbox(context, principal.value);
      if (!party.ok) return sendProblem(reply, party.error);
      const after = await cursorOf(context, from);
      if (!after.ok) return sendProblem(reply, after.error);
      const place = from === undefined ? await newest(context) : after.value;
      if (full(party.value)) return sendProblem(reply.header('retry-after', '30'), { code: 'feedback/too-many-watch' });
      audience.watch(reply, { request, party: party.value, kinds: kinds.value, after: place, beats: 0 });
      return reply;
    },
  );
}
