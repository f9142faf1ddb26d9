import type { Html } from '#kernel/html.ts';
import { may, type Principal } from '#platform/auth.ts';
import type { Context } from '#platform/context.ts';
import { linkButton } from '#portal/components.ts';
import { casesOf, recordOf as caseRecord } from '#modules/cases/index.ts';
import type { Voice } from '#modules/rulebook/index.ts';
import { noticeView } from '#modules/treasury/index.ts';
import { changeLinks } from './pages-amend.ts';
import type { ParcelView } from './views.ts';

/** Where one can go on from here: the case that holds the parcel, the notice that is to be paid. */
export async function linksOf(
  context: Context,
  principal: Principal,
  voice: Voice,
  parcel: ParcelView,
): Promise<Html[]> {
  const { t } = voice;
  const { id, status } = parcel;
  const links: Html[] = [];
  const cases = await casesOf(context.db, [id]);
  for (const one of cases) {
    if (!may(principal, 'case.read', caseRecord(one))) continue;
    links.push(
      linkButton({
        text: t(one.closed === null ? 'clearance.parcel.case' : 'clearance.parcel.case-closed'),
        href: `/cases/${one.id}`,
        kind: one.closed === null ? 'first' : 'second',
      }),
    );
  }
  const notice = await noticeView(context.db, principal, id);
  if (notice.ok)
    links.push(
      linkButton({
        text: t(notice.value.state === 'due' ? 'clearance.parcel.notice-due' : 'clearance.parcel.notice'),
        href: `/notices/${id}`,
        kind: 'second',
      }),
    );
  const declarant = parcel.body?.declaration?.declarant;
  const parties = declarant === undefined ? {} : { declarant: [declarant] };
  if (
    (status === 'released' || status === 'left') &&
    may(principal, 'summary.read', { kind: 'summary', id, parties, desk: null })
  )
    links.push(linkButton({ text: t('clearance.parcel.summary'), href: `/parcels/${id}/summary`, kind: 'second' }));
  return [...links, ...changeLinks(t, principal, parcel)];
}
