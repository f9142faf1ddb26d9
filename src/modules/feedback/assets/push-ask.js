// Asks the browser for notes, and gives the window the address to which they go. Where a browser knows no notes, the
// question is never seen.
const place = document.querySelector('[data-push-key]');
const form = place?.querySelector('form');
if (place && form && 'serviceWorker' in navigator && 'PushManager' in window) {
  place.hidden = false;
  const bytes = (text) =>
    Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (one) => one.charCodeAt(0));
  const workerOf = () =>
    navigator.serviceWorker
      .register('/service-worker.js')
      .catch(() => navigator.serviceWorker.register('/push.js'))
      .then(() => navigator.serviceWorker.ready);
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    try {
      const worker = await workerOf();
      const options = { userVisibleOnly: true, applicationServerKey: bytes(place.dataset.pushKey) };
      const { endpoint, keys } = (await worker.pushManager.subscribe(options)).toJSON();
      form.elements.namedItem('endpoint').value = endpoint;
      form.elements.namedItem('p256dh').value = keys.p256dh;
      form.elements.namedItem('auth').value = keys.auth;
      form.submit();
    } catch {
      const says = document.createElement('p');
      says.setAttribute('role', 'alert');
      says.textContent = place.dataset.pushRefused;
      place.append(says);
    }
  });
}
