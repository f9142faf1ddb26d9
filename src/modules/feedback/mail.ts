import { createTransport } from 'nodemailer';
import type { Config } from '#platform/config.ts';
import type { Db } from '#platform/db.ts';
import { instantOf } from '#platform/clock.ts';
import type { Letter } from './people-model.ts';
import { addLetter } from './store-people.ts';

/** What became of a letter, or of a note: taken, to be tried again, or never to be sent there again. */
export type Sent = { readonly is: 'taken' | 'again' | 'gone'; readonly answer: string };

/** The way for letters. */
export interface Post {
  /** Whether nothing leaves the window: its letters lie in a mailbox of its own that says so. */
  readonly simulated: boolean;
  send(letter: Letter): Promise<Sent>;
}

const timeoutMs = 10_000;

/** A mailbox that does not exist is refused for good (RFC 5321 §4.2.1); everything else may pass. */
function failed(error: unknown): Sent {
  const code = typeof error === 'object' && error !== null && 'responseCode' in error ? Number(error.responseCode) : 0;
  return {
    is: code === 550 || code === 551 || code === 553 ? 'gone' : 'again',
    answer: code > 0 ? `SMTP ${code}` : 'no-answer',
  };
}

/**
 * The post of a window: through the mail server that it was given, or else into the simulated mailbox. The sender's
 * address is the `from` of the setting. One click ends the wish that a letter comes from (RFC 8058).
 */
export function postOf({ smtp, origin }: Pick<Config, 'smtp' | 'origin'>, db: Db, now: () => number): Post {
  const { hostname } = new URL(origin);
  if (smtp === null)
    return {
      simulated: true,
      async send(letter) {
        await addLetter(db, { ...letter, at: instantOf(now()) });
        return { is: 'taken', answer: 'simulated' };
      },
    };
  const from = new URL(smtp).searchParams.get('from') ?? `no-reply@${hostname}`;
  const transport = createTransport({
    url: smtp,
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    simulated: false,
    send: ({ id, to, subject, text, stop }) =>
      transport
        .sendMail({
          from,
          to,
          subject,
          text,
          messageId: `<${id}@${hostname}>`,
          headers: {
            'List-Unsubscribe': `<${stop}>`,
            'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
            'Auto-Submitted': 'auto-generated',
          },
        })
        .then((): Sent => ({ is: 'taken', answer: 'SMTP 250' }), failed),
  };
}
