import assert from 'node:assert/strict';
import { test } from 'node:test';
import { anchor, leadsFrom, rendered } from './markdown.ts';

const leads = leadsFrom('guide.md', (path) => ['guide.md', 'other.md', 'README.md', 'adr/0001-one.md'].includes(path));
const drawn = (text: string): string => rendered(text, leads).toString();

test('headings carry the anchors that links name, and one that stands twice gets another', () => {
  assert.equal(anchor('What `may` come at any time?'), 'what-may-come-at-any-time');
  assert.equal(drawn('## One\n\n## One'), '<h2 id="one">One</h2><h2 id="one-1">One</h2>');
});

test('paragraphs, lists within lists, code and quotes are what they look like', () => {
  assert.equal(drawn('one\ntwo\n\nthree'), '<p>one two</p><p>three</p>');
  assert.equal(drawn('- a\n  more\n  - b\n- c'), '<ul><li>a more<ul><li>b</li></ul></li><li>c</li></ul>');
  assert.equal(drawn('1. a\n2. b'), '<ol><li>a</li><li>b</li></ol>');
  assert.match(drawn('```sh\n# not a heading\n```\nafter'), /<code># not a heading<\/code><\/pre><p>after<\/p>/);
  assert.match(drawn('> said'), /inset.*<p>said<\/p>/);
});

test('a table has its head, and a bar that was escaped stays in its cell', () => {
  const table = drawn('## T\n\n| a | b |\n|---|---|\n| `x` | y \\| z |');
  assert.match(table, /<th scope="col"[^>]*>a<\/th>/);
  assert.match(table, /<code>x<\/code>/);
  assert.match(table, /y \| z/);
});

test('links lead to papers of the window, to its addresses and outside; any other is its text alone', () => {
  const of = (target: string): string => drawn(`[t](${target})`);
  assert.equal(of('other.md#part'), '<p><a href="/docs/other.md#part">t</a></p>');
  assert.equal(of('../README.md'), '<p><a href="/docs/README.md">t</a></p>');
  assert.equal(of('adr/0001-one.md'), '<p><a href="/docs/adr/0001-one.md">t</a></p>');
  assert.equal(
    drawn('`/docs/jobs#webhook` `/v1/me`'),
    '<p><a href="/docs/jobs#webhook"><code>/docs/jobs#webhook</code></a> <code>/v1/me</code></p>',
  );
  assert.equal(of('/keys'), '<p><a href="/keys">t</a></p>');
  assert.equal(of('https://example.org/'), '<p><a href="https://example.org/">t</a></p>');
  assert.equal(of('rows.json'), '<p>t</p>');
  assert.equal(of('javascript:alert'), '<p>t</p>');
});

test('markup in a paper stays text', () => {
  const text = drawn('<script>1</script> **<b>** `<i>` [<u>](other.md) "x"');
  assert.doesNotMatch(text, /<(script|b|i|u)>/);
});
