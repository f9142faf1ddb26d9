import { html } from '#kernel/html.ts';
import { isUuid } from '#kernel/id.ts';
import { Audience, type Watcher } from '#platform/audience.ts';
import { may } from '#platform/auth.ts';
import type { Context } from '#platform/context.ts';
import type { App } from '#platform/http.ts';
import { sendProblem } from '#platform/problem.ts';
import { inset } from '#portal/components.ts';
import { type Words, words } from '#portal/text.ts';
import { when } from '#portal/values.ts';
import { caseOf, recordOf, stampsOf, timelineOf } from '#modules/cases/index.ts';
import { packsPart, voiceOf } from '#modules/rulebook/index.ts';
import { codeOrText } from '#modules/clearance/index.ts';
import { titleOf } from './pages-record.ts';

/** How often cases are looked at while anybody watches one. */
const beatMs = 1_000;
const warmBeats = 15;
const watchersMax = 400;

interface Watching {
  readonly id: string;
  readonly t: Words;
  /** The number of the last move that the page shows. */
  stamp: number;
}

/** What happened in a case since a page was made, for that page: each step on top, and where the case stands now. */
async function tell(context: Context, watcher: Watching & Watcher): Promise<void> {
  const { home } = context.reference.current().get(packsPart);
  const voice = voiceOf(watcher.t, home);
  const { t } = voice;
  const { moves } = await timelineOf(context.db, watcher.id);
  const one = await caseOf(context.db, watcher.id);
  if (one === undefined) return;
  const fresh = moves.filter(({ number }) => number > watcher.stamp);
  watcher.stamp = one.stamp;
  const parts = fresh.map((row) => {
    const said = row.note === null ? '' : html`<p>${codeOrText(voice, row.note)}</p>`;
    const again = html`<a href="/cases/${one.id}">${t('agencies.news-open')}</a>`;
    const head = html`<p><strong>${titleOf(t, row)}</strong> · ${when(t, row.at, home.timeZone)}</p>`;
    const entry = html`<li>${inset(html`${head}${said}<p>${again}</p>`, 'hand')}</li>`;
    return `event: fragment\ndata: ${JSON.stringify({ list: 'moves', html: entry.toString() })}`;
  });
  const state = `data: ${JSON.stringify({ state: t(`agencies.state.${one.state}`) })}`;
  watcher.stream.write(`${[...parts, state].join('\n\n')}\n\n`);
}

/**
 * What happens in a case while an officer has it open, as server-sent events: one statement a beat for all cases that
 * are watched, and only while somebody does.
 */
export function caseStream(app: App, context: Context): void {
  let beats = 0;
  const audience = new Audience<Watching>(app, context, {
    beatMs,
    failure: 'cases-not-read',
    async beat(watchers) {
      beats += 1;
      const ids = [...new Set([...watchers].map(({ id }) => id))];
      const now = new Map((await stampsOf(context.db, ids)).map(({ id, stamp }) => [id, stamp]));
      for (const watcher of watchers)
        if ((now.get(watcher.id) ?? watcher.stamp) > watcher.stamp) await tell(context, watcher);
      if (beats % warmBeats === 0) for (const { stream } of watchers) stream.write(': \n\n');
    },
  });

  type Named = { Params: { id: string }; Querystring: { after?: string } };
  app.get<Named>('/cases/:id/events', { schema: { hide: true } }, async (request, reply) => {
    const { id } = request.params;
    const who = await context.identify(request);
    const one = isUuid(id) ? await caseOf(context.db, id) : undefined;
    if (one === undefined || !may(who, 'case.read', recordOf(one)))
      return sendProblem(reply, { code: 'cases/not-found' });
    if (audience.watchers.size >= watchersMax) return sendProblem(reply, { code: 'agencies/too-many-watch' });
    const { t } = await context.frame(request);
    const { after = '' } = request.query;
    const stamp = /^\d{1,9}$/.test(after) ? Number(after) : one.stamp;
    audience.watch(reply, { id, t: words(t.lang), stamp });
    return reply;
  });
}
