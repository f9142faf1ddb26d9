import { type Fragment, type Html, html } from '#kernel/html.ts';
import type { Principal } from '#platform/auth.ts';
import type { Context } from '#platform/context.ts';
import { timeline } from '#portal/components.ts';
import type { Words } from '#portal/text.ts';
import { money, ref, when, written } from '#portal/values.ts';
import { authorityName, type Voice } from '#modules/rulebook/index.ts';
import type { Difference } from './differences.ts';
import { codeOrText } from './pages-kit.ts';
import { type VersionView, versionsView } from './versions.ts';
import type { ParcelView } from './views.ts';

/** What a field is called that one version says otherwise than another. */
function fieldName(t: Words, pointer: string, goods: readonly { line?: number }[]): Fragment {
  const [, index, field = ''] = /^\/declaration\/goods\/(\d+)\/(\w+)/.exec(pointer) ?? [];
  if (index !== undefined && t.has(`clearance.goods.${field}`)) {
    const line = goods[Number(index)]?.line ?? Number(index) + 1;
    return `${t('clearance.amend.line', { line })} · ${t(`clearance.goods.${field}`)}`;
  }
  if (/^\/orders\/\d+\/total\/amount$/.test(pointer)) return t('clearance.amend.order-total');
  if (/^\/payments\/\d+\/amount\/amount$/.test(pointer)) return t('clearance.amend.payment-amount');
  return ref(pointer);
}

function valueOf(t: Words, value: unknown): Fragment {
  if (value === undefined || value === null) return t('clearance.versions.absent');
  return written(typeof value === 'object' ? JSON.stringify(value) : String(value));
}

function changesList(t: Words, changes: readonly Difference[], goods: readonly { line?: number }[]): Html {
  if (changes.length === 0) return html`<p class="small">${t('clearance.versions.nothing')}</p>`;
  const rows = changes.map(
    ({ pointer, before, after }) =>
      html`<dt>${fieldName(t, pointer, goods)}</dt><dd><del>${valueOf(t, before)}</del> <ins>${valueOf(t, after)}</ins></dd>`,
  );
  return html`<dl class="reasons">${rows}</dl>`;
}

/** The charges of a version, beside those of the one before where they differ. */
function border(t: Words, now: VersionView, before: VersionView | undefined): Html | '' {
  if (!now.border) return '';
  const was = before?.border;
  const moved = was && was.amount !== now.border.amount;
  return html`<p>${t('clearance.versions.border')}: ${moved ? html`<del>${money(t, was)}</del> ` : ''}${moved ? html`<ins>${money(t, now.border)}</ins>` : money(t, now.border)}</p>`;
}

/**
 * Every version of a declaration, where it has more than one: who wrote it, when and why, and what it says otherwise
 * than the one before.
 */
export async function versionsPart(
  context: Context,
  principal: Principal,
  voice: Voice,
  parcel: ParcelView,
): Promise<Html | ''> {
  if ((parcel.version ?? 1) < 2) return '';
  const told = await versionsView(context, principal, parcel.id);
  if (!told.ok) return '';
  const { t } = voice;
  const { timeZone } = voice.pack;
  const goods = parcel.body?.declaration?.goods ?? [];
  const { versions } = told.value;
  const events = versions.map((one, index) => {
    const { version, kind = 'filed', party, authority, ground, reason } = one;
    const by = authority ? authorityName(voice, authority) : party ? ref(party) : undefined;
    const own = kind === 'amended' ? `clearance.amend.ground.${ground}` : '';
    const why = ground ? html`<p>${own === '' ? codeOrText(voice, ground) : t(own)}</p>` : '';
    const words = reason ? html`<p>${codeOrText(voice, reason)}</p>` : '';
    const changes = index === 0 ? '' : changesList(t, one.changes, goods);
    return {
      title: `${t('clearance.versions.version')} ${version} · ${t(`clearance.versions.kind.${kind}`)}`,
      ...(one.at === undefined ? {} : { at: when(t, one.at, timeZone) }),
      ...(by === undefined ? {} : { by }),
      body: html`${why}${words}${changes}${border(t, one, versions[index - 1])}`,
      tone: kind === 'filed' ? ('ink' as const) : ('hand' as const),
    };
  });
  return html`<h2 id="versions">${t('clearance.versions.title')}</h2>${timeline(events)}`;
}
