import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { after, test } from 'node:test';
import type { Db } from '#platform/db.ts';
import { postOf } from './mail.ts';

/** A mail server that takes whatever does not go to `nobody`, as plainly as RFC 5321 has it. */
async function mailServer(): Promise<{ port: number; taken: string[] }> {
  const taken: string[] = [];
  const server = createServer((socket) => {
    let data: string | undefined;
    let rest = '';
    socket.write('220 mail.example\r\n');
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      const lines = `${rest}${chunk}`.split('\r\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        if (data !== undefined && line !== '.') data += `${line}\n`;
        else if (data !== undefined) {
          taken.push(data);
          data = undefined;
          socket.write('250 taken\r\n');
        } else if (line.startsWith('DATA')) {
          data = '';
          socket.write('354 go on\r\n');
        } else if (line.startsWith('QUIT')) socket.end('221 bye\r\n');
        else socket.write(line.startsWith('RCPT TO:<nobody') ? '550 no such mailbox\r\n' : '250 mail.example\r\n');
      }
    });
  }).listen(0, '127.0.0.1');
  after(() => server.close());
  await once(server, 'listening');
  const bound = server.address();
  return { port: typeof bound === 'object' && bound !== null ? bound.port : 0, taken };
}

const letter = {
  id: 'a1',
  person: 'p',
  to: 'salma@lantern.example',
  subject: '2 pieces of news',
  text: 'Parcel H1: Released\n',
  stop: 'https://window.example/news/stop/t',
};

test('a letter goes through the mail server of the setting, ends by one click, and a mailbox that is not there is given up', async () => {
  const { port, taken } = await mailServer();
  const smtp = `smtp://127.0.0.1:${port}?from=news@window.example&ignoreTLS=true`;
  const post = postOf({ smtp, origin: 'https://window.example' }, {} as Db, () => 0);
  assert.equal(post.simulated, false);
  assert.deepEqual(await post.send(letter), { is: 'taken', answer: 'SMTP 250' });
  const [text = ''] = taken;
  assert.match(text, /^From: news@window\.example$/m);
  assert.match(text, /^Message-ID: <a1@window\.example>$/m);
  assert.match(text, /^List-Unsubscribe: <https:\/\/window\.example\/news\/stop\/t>$/m);
  assert.match(text, /^List-Unsubscribe-Post: List-Unsubscribe=One-Click$/m);
  assert.deepEqual(await post.send({ ...letter, to: 'nobody@lantern.example' }), { is: 'gone', answer: 'SMTP 550' });
  const away = postOf({ smtp: 'smtp://127.0.0.1:1', origin: 'https://window.example' }, {} as Db, () => 0);
  assert.equal((await away.send(letter)).is, 'again');
});
