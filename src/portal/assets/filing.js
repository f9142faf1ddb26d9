// Filing on a device: what is written is kept in the browser's own database, and the service worker sends it when there
// is a line. The page says what waits, what went through and what was refused. It is sent as it stands.

const area = document.querySelector('[data-device]');
const form = document.querySelector('[data-device-form]');
const words = JSON.parse(area?.dataset.words ?? '{}');
const channel = new BroadcastChannel('portolan-filing');

const database = new Promise((resolve, reject) => {
  const asked = indexedDB.open('portolan-filing', 1);
  asked.onupgradeneeded = () => asked.result.createObjectStore('filings', { keyPath: 'id' });
  asked.onsuccess = () => resolve(asked.result);
  asked.onerror = () => reject(asked.error);
});
const ask = async (mode, what) => {
  const asked = what((await database).transaction('filings', mode).objectStore('filings'));
  return new Promise((resolve, reject) => {
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
};
const all = () => ask('readonly', (store) => store.getAll());
const get = (id) => ask('readonly', (store) => store.get(id));
const put = (one) => ask('readwrite', (store) => store.put(one));
const drop = (id) => ask('readwrite', (store) => store.delete(id));

const element = (name, props, ...children) => {
  const made = Object.assign(document.createElement(name), props);
  made.append(...children);
  return made;
};

/** Whether there is a line, as a look at the window says: a browser takes any network for one. */
let line = navigator.onLine;
const looked = async () => {
  const options = { method: 'HEAD', cache: 'no-store', signal: AbortSignal.timeout(8_000) };
  line = navigator.onLine && (await fetch('/service-worker.js', options).then((answer) => answer.ok, () => false));
  await show();
  return line;
};

const send = async () => {
  const registration = await navigator.serviceWorker?.ready;
  await registration?.sync?.register('portolan-filing').catch(() => undefined);
  registration?.active?.postMessage({ send: true });
};

const tones = { draft: 'quiet', queued: 'ink', photos: 'ink', sent: 'released', refused: 'stopped' };
const nameOf = ({ values }) => values['declaration.goods.0.description.text'] || words.unnamed;

/** The field that a pointer names, and what it is called. */
const fieldAt = (pointer = '') => {
  const name = pointer.replace(/^[#/]+/, '').replaceAll('/', '.');
  return [...(form?.elements ?? [])].find((one) => one.name === name);
};
const called = (pointer) => {
  const text = fieldAt(pointer)?.labels?.[0]?.textContent.trim();
  return text ? `${text}: ` : '';
};

function entry(one) {
  const state = element('strong', { className: `tag tag--${tones[one.state]}`, textContent: words[one.state] });
  const name = element('bdi', { textContent: nameOf(one) });
  const item = element('li', { className: 'device__item' }, element('span', { className: 'device__name' }, name), ' ', state);
  item.dataset.state = one.state;
  const errors = (one.problem?.errors ?? []).map(({ pointer, detail }) => called(pointer) + detail);
  const why = one.wait ? words[one.wait] : errors[0] ?? one.problem?.detail;
  if (why) item.append(element('p', { className: 'small', textContent: why }));
  const about = () => element('span', { className: 'govuk-visually-hidden', textContent: ` ${nameOf(one)}` });
  const links = element('p', { className: 'small device__links' });
  if (one.parcel) links.append(element('a', { href: `/parcels/${one.parcel}` }, `${words.parcel} ${one.declaration}`));
  if (one.wait === 'signIn')
    links.append(element('a', { href: `/sign-in?next=${encodeURIComponent('/file/device')}` }, words.signIn));
  if (!one.parcel) links.append(element('a', { href: `/file/device#${one.id}` }, words.edit, about()));
  if (one.state !== 'photos') {
    const button = element('button', { type: 'button', className: 'live__button' }, words.delete, about());
    button.addEventListener('click', async () => {
      await drop(one.id);
      channel.postMessage('changed');
      await show();
    });
    links.append(button);
  }
  item.append(links);
  return item;
}

async function show() {
  const list = area?.querySelector('[data-queue]');
  if (!list) return 0;
  const kept = (await all()).sort((a, b) => b.changed - a.changed);
  list.replaceChildren(...kept.map(entry));
  const waiting = kept.filter(({ state }) => state === 'queued').length;
  const place = area.querySelector('[data-line]');
  place.textContent = line ? words.online : words.offline;
  if (waiting) place.textContent += ` ${words.queued}: ${waiting}`;
  return waiting;
}

/** What is being written now: its id is made here, so that it is one parcel however often it is sent. */
let current = null;
const fresh = () => ({ id: crypto.randomUUID(), state: 'draft', values: {}, photos: [], changed: Date.now() });
const fields = () => [...form.elements].filter(({ name, type }) => name && !['file', 'submit'].includes(type));

function read() {
  const values = {};
  for (const { name, type, value, checked } of fields())
    if (value.trim() !== '' && (type !== 'radio' || checked)) values[name] = value.trim();
  return values;
}

function fill({ values, photos, problem }) {
  form.reset();
  for (const field of fields()) {
    const value = values[field.name];
    if (field.type === 'radio') field.checked = value === field.value;
    else if (value !== undefined) field.value = value;
  }
  const list = form.querySelector('[data-photos]');
  list.replaceChildren(...photos.map(({ name }) => element('li', { textContent: name })));
  tell(problem?.errors ?? []);
}

/** The reasons of a refusal, above the form and at their fields. */
function tell(errors) {
  for (const old of form.querySelectorAll('[data-told]')) old.remove();
  for (const field of form.querySelectorAll('[aria-invalid]')) field.removeAttribute('aria-invalid');
  const place = form.querySelector('[data-errors]');
  place.replaceChildren();
  if (errors.length === 0) return;
  const items = errors.map(({ pointer = '', detail = '' }) => {
    const field = fieldAt(pointer);
    if (!field) return element('li', { textContent: detail });
    field.closest('details')?.setAttribute('open', '');
    field.setAttribute('aria-invalid', 'true');
    const id = `${field.id}-told`;
    const hidden = element('span', { className: 'govuk-visually-hidden', textContent: `${words.error} ` });
    const message = element('p', { id, className: 'govuk-error-message' }, hidden, detail);
    message.dataset.told = '';
    field.setAttribute('aria-describedby', `${field.getAttribute('aria-describedby') ?? ''} ${id}`.trim());
    (field.closest('.govuk-radios, .govuk-input__wrapper') ?? field).before(message);
    return element('li', {}, element('a', { href: `#${field.id}`, textContent: detail }));
  });
  const title = element('h2', { className: 'govuk-error-summary__title', textContent: words.errors });
  const list = element('ul', { className: 'govuk-error-summary__list' }, ...items);
  const summary = element('div', { className: 'govuk-error-summary', tabIndex: -1 }, title, list);
  place.append(summary);
  summary.focus();
}

/** A photograph as small as a page of print needs it: a bad line carries it in seconds and not in minutes. */
const widest = 1_800;
async function smaller(file) {
  if (!file.type.startsWith('image/') || file.size < 400_000) return { name: file.name, blob: file };
  try {
    const image = await createImageBitmap(file);
    const scale = Math.min(1, widest / Math.max(image.width, image.height));
    const canvas = element('canvas', { width: image.width * scale, height: image.height * scale });
    canvas.getContext('2d').drawImage(image, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise((resolve) => canvas.toBlob(resolve, 'image/jpeg', 0.8));
    return blob ? { name: file.name.replace(/\.\w+$/, '.jpg'), blob } : { name: file.name, blob: file };
  } catch {
    return { name: file.name, blob: file };
  }
}

async function save(state) {
  const { party, language } = form.dataset;
  current = { ...current, state, party, language, values: read(), changed: Date.now(), problem: undefined, wait: undefined };
  await put(current);
  channel.postMessage('changed');
  await show();
}

async function open(id) {
  const found = id ? await get(id) : undefined;
  current = found && !found.parcel ? found : fresh();
  if (found && !found.parcel) fill(current);
  else {
    form.reset();
    tell([]);
    form.querySelector('[data-photos]').replaceChildren();
  }
}

function start() {
  form.hidden = false;
  let timer;
  form.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(() => save('draft'), 400);
  });
  form.elements.namedItem('photo').addEventListener('change', async (event) => {
    const chosen = await Promise.all([...event.target.files].map(smaller));
    current = { ...current, photos: [...(current.photos ?? []), ...chosen] };
    event.target.value = '';
    await save('draft');
    fill(current);
  });
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    clearTimeout(timer);
    if (event.submitter?.name === 'new') {
      if (Object.keys(read()).length > 0 && nameOf({ values: read() }) !== words.unnamed) await save(current.state);
    } else {
      await save('queued');
      await send();
    }
    history.replaceState(null, '', location.pathname);
    await open();
    document.querySelector('h1').scrollIntoView();
    area.querySelector('[data-line]').focus?.();
  });
  addEventListener('hashchange', () => {
    // Links to fields and to the content are no filings.
    if (/^#[0-9a-f-]{36}$/.test(location.hash)) open(location.hash.slice(1)).then(() => form.scrollIntoView());
  });
  return open(/^#[0-9a-f-]{36}$/.test(location.hash) ? location.hash.slice(1) : '');
}

channel.addEventListener('message', show);
/** Sends what waits, where there is a line to send it by. */
const tried = async () => {
  if (await looked()) await send();
};
addEventListener('online', tried);
addEventListener('offline', looked);
// A line that was there all the time and carried nothing comes back without a word.
const againMs = 10_000;
setInterval(async () => {
  if (!document.hidden && (await show()) > 0) await tried();
}, againMs);

if (form) await start();
await show();
if ('serviceWorker' in navigator) {
  await navigator.serviceWorker.register('/service-worker.js');
  const registration = await navigator.serviceWorker.ready;
  if (form && (await looked())) {
    const assets = performance.getEntriesByType('resource').map(({ name }) => new URL(name));
    const own = assets.filter(({ pathname }) => pathname.startsWith('/assets/')).map(({ pathname, search }) => pathname + search);
    registration.active?.postMessage({ addresses: ['/file/device', ...new Set(own)] });
  }
  await tried();
}
