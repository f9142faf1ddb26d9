import { type Html, html } from '#kernel/html.ts';
import { summaryList } from '#portal/components.ts';
import { count, money, ref } from '#portal/values.ts';
import type { CaseRow } from '#modules/cases/index.ts';
import { transferDifference, transferSeals, transferView } from '#modules/logistics/index.ts';
import type { Visit } from './pages-kit.ts';

const seals = ['broken', 'missing', 'other'] as const;

/** The transfer that a case is about, with what is missing and what was found of its seals; else undefined. */
export async function transferRecord({ context, who, t }: Visit, one: CaseRow): Promise<Html | undefined> {
  if (one.procedure !== transferDifference.name && one.procedure !== transferSeals.name) return undefined;
  const found = await transferView(context, who, one.subject);
  if (!found.ok) return undefined;
  const { id, master = '', counts, guarantee } = found.value;
  const fault = (name: string): { key: string; value: Html }[] => {
    const said = one.procedure === transferSeals.name ? one.facts[name] : undefined;
    return typeof said === 'string' ? [{ key: t(`agencies.seals.${name}`), value: ref(said) }] : [];
  };
  return html`<h2>${t('agencies.record')}</h2>${summaryList([
    { key: t('agencies.transfer'), value: html`<a href="/transfers/${id}">${ref(master)}</a>` },
    ...(counts ? [{ key: t('agencies.transfer-missing'), value: count(t, counts.missing) }] : []),
    ...(guarantee ? [{ key: t('agencies.transfer-held'), value: money(t, guarantee.held) }] : []),
    ...seals.flatMap(fault),
  ])}`;
}
