// A table of parcels on its way: its bytes go up in packed pieces, and the window knows which are there, so that a line
// that breaks or a page that is closed costs nothing. Then its rows are filed step by step for as long as the page is
// open. The file waits in the browser's own database until it is up. It is sent as it stands.

const pieceBytes = 524_288;
const area = document.querySelector('[data-table]');
const place = area?.querySelector('[data-progress]');
const running = document.querySelector('[data-running]');
const words = JSON.parse((area ?? running)?.dataset.words ?? '{}');

const database = new Promise((resolve, reject) => {
  const asked = indexedDB.open('portolan-tables', 1);
  asked.onupgradeneeded = () => asked.result.createObjectStore('files', { keyPath: 'id' });
  asked.onsuccess = () => resolve(asked.result);
  asked.onerror = () => reject(asked.error);
});
const ask = async (mode, what) => {
  const asked = what((await database).transaction('files', mode).objectStore('files'));
  return new Promise((resolve, reject) => {
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
};

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Asks until there is an answer: a line that is gone comes back. What is refused is thrown. */
async function asked(address, options) {
  for (let pause = 1_000; ; pause = Math.min(2 * pause, 15_000)) {
    try {
      const answer = await fetch(address, options);
      if (answer.ok) return await answer.json();
      if (answer.status < 500 && answer.status !== 429) throw Object.assign(new Error(), await answer.json());
    } catch (error) {
      if (error.code) throw error;
      tell(words.broken);
    }
    await wait(pause);
  }
}

let tell = () => undefined;
let paused = false;
let go = () => undefined;
const gate = () => (paused ? new Promise((resolve) => (go = resolve)) : undefined);

function pausable(button) {
  button.addEventListener('click', () => {
    paused = !paused;
    button.textContent = paused ? words.resume : words.pause;
    if (paused) tell(words.paused);
    else go();
  });
}

const packed = (blob) => new Response(blob.stream().pipeThrough(new CompressionStream('gzip'))).blob();

async function upload({ id, file }, received) {
  const bar = place.querySelector('progress');
  for (let at = received; at < file.size; ) {
    await gate();
    const body = await packed(file.slice(at, at + pieceBytes));
    const headers = { 'content-type': 'application/gzip' };
    const known = await asked(`/v1/tables/${id}/pieces/${at}`, { method: 'PUT', headers, body }).catch(async (error) => {
      if (error.code !== 'filing/piece-elsewhere') throw error;
      return asked(`/v1/tables/${id}`);
    });
    at = Number(known.received);
    bar.value = (100 * at) / file.size;
    if (!paused) tell(`${Math.floor(bar.value)} %`);
  }
  await ask('readwrite', (store) => store.delete(id));
  location.assign(`/file/table/${id}`);
}

async function choose(file) {
  place.hidden = false;
  const arriving = [...area.querySelectorAll('[data-arriving]')];
  const before = arriving.find(({ dataset }) => dataset.name === file.name && Number(dataset.size) === file.size);
  if (before) return upload({ id: before.dataset.arriving, file }, Number(before.dataset.received));
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ name: file.name, size: file.size });
  const { id } = await asked('/v1/tables', { method: 'POST', headers, body });
  // A browser that keeps nothing asks for the file again.
  await ask('readwrite', (store) => store.put({ id, file })).catch(() => undefined);
  return upload({ id, file }, 0);
}

if (area) {
  tell = (text) => (place.querySelector('[data-told]').textContent = text);
  pausable(area.querySelector('[data-pause]'));
  area.querySelector('form').addEventListener('submit', (event) => {
    const [file] = event.target.elements.namedItem('file').files;
    // What is empty or too large is refused in words by the form itself.
    if (!file || file.size === 0 || file.size > 67_108_864) return;
    event.preventDefault();
    choose(file).catch((error) => tell(error.detail ?? words.broken));
  });
  for (const { dataset } of area.querySelectorAll('[data-arriving]')) {
    const kept = await ask('readonly', (store) => store.get(dataset.arriving)).catch(() => undefined);
    if (!kept) continue;
    place.hidden = false;
    await upload(kept, Number(dataset.received)).catch((error) => tell(error.detail ?? words.broken));
    break;
  }
}

if (running?.dataset.running) {
  const id = running.dataset.running;
  const bar = running.querySelector('progress');
  const text = running.querySelector('.progress__text');
  const number = new Intl.NumberFormat(document.documentElement.lang);
  const step = running.querySelector('[data-step]');
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'govuk-button govuk-button--secondary';
  button.textContent = words.pause;
  step.replaceWith(button);
  text.setAttribute('role', 'status');
  tell = (said) => (text.textContent = said);
  pausable(button);
  for (let state = 'running'; state === 'running'; ) {
    await gate();
    const known = await asked(`/v1/tables/${id}/steps`, { method: 'POST' });
    state = known.state;
    bar.value = Math.floor((100 * Number(known.read)) / Number(known.size));
    running.querySelector('[data-filed]').textContent = number.format(known.filed);
    running.querySelector('[data-refused]').textContent = number.format(known.refused);
    if (!paused) tell(`${bar.value} %`);
  }
  location.reload();
}
