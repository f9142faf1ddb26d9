import type { ServerResponse } from 'node:http';
import type { FastifyRequest } from 'fastify';
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

interface Watcher {
  readonly stream: ServerResponse;
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
  const watchers = new Set<Watcher>();
  let timer: NodeJS.Timeout | undefined;
  const tell = async (watcher: Watcher): Promise<void> => {
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
  const next = (): void => {
    const all = async (): Promise<void> => {
      for (const watcher of watchers) await tell(watcher);
    };
    all()
      .catch((error: unknown) =>
        context.log.warn('flows-not-read', { reason: error instanceof Error ? error.message : '' }),
      )
      .finally(() => (timer = watchers.size === 0 ? undefined : setTimeout(next, beatMs)));
  };
  app.get('/trade/stream', { schema: { hide: true } }, async (request, reply) => {
    const who = await context.identify(request);
    if (who.assurance === 'none') return sendProblem(reply, { code: 'parties/sign-in-needed' });
    if (watchers.size >= watchersMax) return sendProblem(reply, { code: 'trade/too-many-watch' });
    const { t } = await context.frame(request);
    const stream = reply.hijack().raw;
    stream.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
    stream.write('retry: 3000\n\n');
    const watcher: Watcher = { stream, request, t, asked: askedOf(request.query), before: '', beats: 0 };
    watchers.add(watcher);
    stream.on('close', () => watchers.delete(watcher));
    timer ??= setTimeout(next, 0);
    return reply;
  });
  // A window that stops does not wait for pages to look away.
  app.addHook('preClose', (done) => {
    clearTimeout(timer);
    for (const { stream } of watchers) stream.destroy();
    watchers.clear();
    done();
  });
}
