import type { FastifyRequest } from 'fastify';
import { Audience, type Watcher } from '#platform/audience.ts';
import type { Context } from '#platform/context.ts';
import type { App } from '#platform/http.ts';
import { sendProblem } from '#platform/problem.ts';
import { instantText } from '#portal/format.ts';
import type { Words } from '#portal/text.ts';
import { packsPart } from '#modules/rulebook/index.ts';
import { type Asked, flowList } from './flows.ts';
import { askedOf, liveTexts } from './pages.ts';

/** How often a screen is looked at again, and for how many times until it is taken up anew. */
const beatMs = 2_000;
const beatsMax = 300;
const watchersMax = 50;

interface Watching {
  readonly request: FastifyRequest;
  readonly t: Words;
  readonly asked: Asked;
  before: string;
  beats: number;
}

/**
 * The screen as server-sent events: the texts that changed since the last look. Each look asks anew who watches, so
 * that a right that ended shows nothing more.
 */
export function flowStream(app: App, context: Context): void {
  const tell = async (watcher: Watching & Watcher): Promise<void> => {
    const { stream, request, t, asked } = watcher;
    const who = await context.identify(request);
    watcher.beats += 1;
    if (who.assurance === 'none' || watcher.beats > beatsMax) return void stream.end();
    if (stream.writableNeedDrain) return;
    const texts = liveTexts(t, await flowList(context, who, asked));
    const now = JSON.stringify(texts);
    const { timeZone } = context.reference.current().get(packsPart).home;
    const fresh = instantText(t.lang, context.clock.instant(), timeZone);
    const said = now === watcher.before ? { fresh } : { ...texts, fresh };
    watcher.before = now;
    if (!stream.destroyed) stream.write(`data: ${JSON.stringify(said)}\n\n`);
  };
  const audience = new Audience<Watching>(app, context, {
    beatMs,
    failure: 'flows-not-read',
    async beat(watchers) {
      for (const watcher of watchers) await tell(watcher);
    },
  });
  app.get('/trade/stream', { schema: { hide: true } }, async (request, reply) => {
    const who = await context.identify(request);
    if (who.assurance === 'none') return sendProblem(reply, { code: 'parties/sign-in-needed' });
    if (audience.watchers.size >= watchersMax) return sendProblem(reply, { code: 'trade/too-many-watch' });
    const { t } = await context.frame(request);
    audience.watch(reply, { request, t, asked: askedOf(request.query), before: '', beats: 0 });
    return reply;
  });
}
