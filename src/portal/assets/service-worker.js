// Keeps the page for filing on the device, and sends what was written there once the line is back. It is sent as it
// stands, so it stays small and plain. Only this worker sends, so that nothing is sent twice at a time; what is sent
// twice one after the other is the same parcel, since the device gave it its id.

const shell = 'portolan-filing';
const page = '/file/device';
/** A line that does not answer within this is treated as none. */
const patienceMs = 5_000;

self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));

async function keep(request, response) {
  const cache = await caches.open(shell);
  const { pathname } = new URL(request.url ?? request, location.href);
  for (const old of await cache.keys()) if (new URL(old.url).pathname === pathname) await cache.delete(old);
  await cache.put(pathname === page ? page : request, response);
}

async function asset(request) {
  const kept = await caches.match(request);
  if (kept) return kept;
  const response = await fetch(request);
  if (response.ok) await keep(request, response.clone());
  return response;
}

async function screen(request, own) {
  const kept = await caches.match(page);
  try {
    const response = await fetch(request, kept && own ? { signal: AbortSignal.timeout(patienceMs) } : {});
    if (own && response.ok && !response.redirected) await keep(request, response.clone());
    return response;
  } catch (error) {
    if (kept) return kept;
    throw error;
  }
}

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (origin !== location.origin) return;
  // Whoever leaves takes the page with him; what he wrote stays until it is sent or deleted.
  if (request.method === 'POST' && pathname === '/sign-out') event.waitUntil(caches.delete(shell));
  if (request.method !== 'GET') return;
  if (pathname.startsWith('/assets/') && request.url.includes('?v=')) event.respondWith(asset(request));
  else if (request.mode === 'navigate' && (pathname === page || pathname === '/file'))
    event.respondWith(screen(request, pathname === page));
});

const opened = () =>
  new Promise((resolve, reject) => {
    const asked = indexedDB.open('portolan-filing', 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore('filings', { keyPath: 'id' });
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });

const done = (asked) =>
  new Promise((resolve, reject) => {
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });

async function filings() {
  const db = await opened();
  const all = await done(db.transaction('filings').objectStore('filings').getAll());
  db.close();
  return all;
}

async function put(one) {
  const db = await opened();
  await done(db.transaction('filings', 'readwrite').objectStore('filings').put(one));
  db.close();
  new BroadcastChannel('portolan-filing').postMessage('changed');
}

const signInCodes = ['parties/sign-in-needed', 'parties/key-unknown'];

/** Hands one filing in. Answers whether to go on with the next one. */
async function file(one) {
  const { id, party, language, values } = one;
  const body = JSON.stringify({ id, language, values, ...(party ? { party } : {}) });
  const headers = { 'content-type': 'application/json', 'accept-language': language };
  const answer = await fetch('/v1/filings', { method: 'POST', headers, body });
  if (answer.ok) {
    const { parcel, status, declaration } = await answer.json();
    const state = one.photos?.length ? 'photos' : 'sent';
    await put({ ...one, state, parcel, status, declaration, problem: undefined, wait: undefined });
    return true;
  }
  const problem = await answer.json().catch(() => ({}));
  if (signInCodes.includes(problem.code)) return put({ ...one, wait: 'signIn' }).then(() => false);
  if (problem.code === 'filing/other-party') return put({ ...one, wait: 'otherParty' }).then(() => true);
  if (answer.status >= 500 || answer.status === 429) return false;
  await put({ ...one, state: 'refused', problem, wait: undefined });
  return true;
}

/** Hands in the photographs of a filing that was taken. What is no photograph is told and does not hold anything up. */
async function hand(one) {
  const body = new FormData();
  for (const { name, blob } of one.photos) body.append('photo', blob, name);
  const answer = await fetch(`/v1/filings/${one.id}/photos`, { method: 'POST', body });
  if (answer.ok) return put({ ...one, state: 'sent', photos: [] }).then(() => true);
  if (answer.status >= 500 || answer.status === 429 || answer.status === 401 || answer.status === 403) return false;
  const problem = await answer.json().catch(() => ({}));
  await put({ ...one, state: 'sent', photos: [], problem });
  return true;
}

const sendAll = () =>
  navigator.locks.request('portolan-filing', async () => {
    for (const one of await filings()) if (one.state === 'queued' && !(await file(one))) break;
    for (const one of await filings()) if (one.state === 'photos' && !(await hand(one))) break;
  });

self.addEventListener('sync', (event) => {
  if (event.tag === 'portolan-filing') event.waitUntil(sendAll());
});

self.addEventListener('message', (event) => {
  const { send, addresses } = event.data ?? {};
  if (addresses)
    event.waitUntil(
      Promise.all(
        addresses.map(async (address) => {
          const response = await fetch(address);
          if (response.ok && !response.redirected) await keep(new Request(address), response);
        }),
      ).catch(() => undefined),
    );
  // Without a line there is nothing to tell: it is tried again when there is one.
  if (send) event.waitUntil(sendAll().catch(() => undefined));
});
