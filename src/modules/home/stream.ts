import type { FastifyInstance } from 'fastify';
import { Audience } from '#platform/audience.ts';
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

/**
 * The public figures as server-sent events. However many pages watch, the figures are read once a beat, and only while
 * somebody does.
 */
export function figureStream(app: FastifyInstance, context: Context): void {
  let last = 0n;
  let beats = 0;
  const audience = new Audience<{ readonly lang: Language }>(app, context, {
    beatMs,
    failure: 'figures-not-read',
    async beat(watchers) {
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
    },
  });

  app.get('/events', { schema: { hide: true } }, async (request, reply) => {
    if (audience.watchers.size >= watchersMax) return sendProblem(reply, { code: 'home/too-many-watch' });
    const { t } = await context.frame(request);
    // Whoever comes first is told what happens from now on.
    if (audience.watchers.size === 0) last = (await newsAfter(context, 0n, 1))[0]?.number ?? 0n;
    audience.watch(reply, { lang: t.lang });
    return reply;
  });
}
