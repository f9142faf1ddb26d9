import { type Fragment, type Html, html } from '#kernel/html.ts';
import type { Refusal } from '#kernel/result.ts';
import type { Visit } from '#modules/parties/index.ts';
import { assetUrl } from '#portal/assets.ts';
import { button, errorSummary } from '#portal/components.ts';
import { csrfField } from '#portal/form.ts';

/**
 * A form whose button asks the browser for a passkey and sends what it gives. It shows itself only where a script can
 * ask, so that nobody meets a button that does nothing.
 */
export function passkeyForm(
  { t, csrf }: Visit,
  options: {
    action: string;
    kind: 'get' | 'create';
    asked: object;
    submit: string;
    lead?: Fragment;
    fields?: Fragment;
    refusal?: Refusal;
  },
): Html {
  const { action, kind, asked, submit, lead = '', fields = '', refusal } = options;
  const summary = refusal === undefined ? '' : errorSummary(t, [{ text: t(refusal.code, refusal.params) }]);
  return html`${summary}<form class="passkey" method="post" action="${action}" data-passkey="${kind}" data-asked="${JSON.stringify(asked)}" hidden novalidate>${lead === '' ? '' : html`<p>${lead}</p>`}${csrfField(csrf)}<input type="hidden" name="credential" value="">${fields}<p class="govuk-error-message" role="alert" hidden>${t('issuer.passkey-not-given')}</p><div class="govuk-button-group">${button({ text: submit })}</div></form>`;
}

/** The script that such a form needs, at the end of the page that holds it. */
export const passkeyScript = (): Html => html`<script type="module" src="${assetUrl('passkeys.js')}"></script>`;
