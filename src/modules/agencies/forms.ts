import type { Field } from '#portal/form.ts';

const remedies: Readonly<Record<string, readonly string[]>> = {
  release: ['clearance/none-needed'],
  'release-changed': ['clearance/object-to-change', 'clearance/none-needed'],
  deny: ['clearance/object-to-denial'],
  redetermine: ['clearance/object-to-change', 'clearance/none-needed'],
  grant: ['clearance/none-needed'],
  refund: ['clearance/none-needed'],
  'refuse-refund': ['clearance/object-to-return'],
};
const otherRemedies = ['agencies/object-to-decision', 'clearance/none-needed'];

/**
 * Ground, reason and remedy: no decision goes without the three. The ground begins as what the deciding check cites.
 */
export function reasonFields(move: string, ground: string): Field[] {
  const choices = remedies[move] ?? otherRemedies;
  return [
    { name: 'decision.ground', label: 'cases.ground', hint: 'agencies.ground-hint', type: 'text', value: ground },
    { name: 'decision.reason', label: 'cases.reason', hint: 'agencies.reason-hint', type: 'textarea' },
    {
      name: 'decision.remedy',
      label: 'cases.remedy',
      type: 'select',
      value: choices[0] ?? '',
      options: choices.map((code) => ({ value: code, label: code })),
    },
  ];
}
