import type { Check } from '#kernel/check.ts';
import { type Html, html } from '#kernel/html.ts';
import type { Words } from '#portal/text.ts';
import { ref } from '#portal/values.ts';

const rule = 'parties/represented/file';

/**
 * Who acts for whom in a filing, by the representations that stood when it was decided: its kind and, where there was
 * one, the chain over which it came. Whoever declares for himself, acts for nobody else.
 */
export function acting(t: Words, checks: readonly Check[] | undefined): Html[] {
  if (checks === undefined) return [];
  const found = checks
    .filter(({ id }) => id === rule)
    .map(({ params, result }) => {
      const { representative = '', represented = '', kind = '', chain = '' } = params;
      if (result !== 'passed')
        return t.html('clearance.acting.without', {
          representative: ref(representative),
          represented: ref(represented),
        });
      const over = chain === '' ? '' : html` · ${t.html('clearance.acting.over', { chain: ref(chain) })}`;
      const acts = t.html('clearance.acting.for', {
        representative: ref(representative),
        represented: ref(represented),
      });
      return html`${acts} · ${t(`parties.kind.${kind}`)}${over}`;
    });
  return found.length > 0 ? found : [html`${t('clearance.acting.self')}`];
}
