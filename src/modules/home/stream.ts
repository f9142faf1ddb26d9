import type { ServerResponse } from 'node:http';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Context } from '#platform/context.ts';
import { sendProblem } from '#platform/problem.ts';
import type { Language } from '#portal/language.ts';
import { words } from '#portal/text.ts';
import { newsItem, shownFigures } from './pieces.ts';
import { figuresOf, newsAfter } from './service.ts';

/** How often the figures are read while anybody watches, and how long a silent line is kept warm. */
const beatMs = 1_500;
const warmBeats = 10;
const watchersMax = 400;
const newsPerBeat = 5;

interface Watcher {
  readonly stream: ServerResponse;
  readonly lang: Language;
}

/**
 * The public figures as server-sent events. However many pages watch, the figures are read once a beat, and only while
 * somebody does.
 */
export function figureStream(app: FastifyInstance, context: Context): void {
  const watchers = new Set<Watcher>();
  let timer: NodeJS.Timeout | undefined;
  let last = 0n;
  let beats = 0;

  const beat = async (): Promise<void> => {
    beats += 1;
    const figures = await figuresOf(context);
    const news = (await newsAfter(context, last, newsPerBeat)).toReversed();
    last = news.at(-1)?.number ?? last;
    for (const lang of new Set([...watchers].map((watcher) => watcher.lang))) {
      const t = words(lang);
      const parts = [`data: ${JSON.stringify(shownFigures(t, figures))}`];
      for (const one of news)
        parts.push(
          `event: fragment\ndata: ${JSON.stringify({ list: 'news', html: newsItem(t, one, context).toString() })}`,
        );
      const text = `${parts.join('\n\n')}\n\n`;
      for (const watcher of watchers) if (watcher.lang === lang) watcher.stream.write(text);
    }
    if (beats % warmBeats === 0) for (const { stream } of watchers) stream.write(': \n\n');
  };
  const rest = (): void => {
    if (watchers.size === 0) timer = undefined;
    else timer = setTimeout(next, beatMs);
  };
  const next = (): void => {
    beat()
      .catch((error: unknown) =>
        context.log.warn('figures-not-read', { reason: error instanceof Error ? error.message : '' }),
      )
      .finally(rest);
  };
  const watch = async (reply: FastifyReply, lang: Language): Promise<void> => {
    if (timer === undefined) last = (await newsAfter(context, 0n, 1))[0]?.number ?? 0n;
    const stream = reply.hijack().raw;
    stream.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
    stream.write('retry: 3000\n\n');
    const watcher = { stream, lang };
    watchers.add(watcher);
    stream.on('close', () => watchers.delete(watcher));
    timer ??= setTimeout(next, 0);
  };

  app.get('/events', { schema: { hide: true } }, async (request, reply) => {
    if (watchers.size >= watchersMax) return sendProblem(reply, { code: 'home/too-many-watch' });
    const { t } = await context.frame(request);
    await watch(reply, t.lang);
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
