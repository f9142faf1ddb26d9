// Nothing here is needed: every page works without it. It is sent as it stands, so it stays small and plain.

// Errors are read out first: the summary takes the focus when a page comes back with one.
document.querySelector('[data-focus]')?.focus();

// A second click within a second is a slip of the hand, not a second wish.
for (const form of document.querySelectorAll('form[method=post]')) {
  let last = -Infinity;
  form.addEventListener('submit', (event) => {
    if (event.timeStamp - last < 1000) event.preventDefault();
    else last = event.timeStamp;
  });
}

// A part of the page that follows a stream of server-sent events, see `live` in components.ts.
for (const region of document.querySelectorAll('[data-live]')) {
  let source;
  let paused = false;
  const field = (name) => region.querySelectorAll(`[data-live-field="${CSS.escape(name)}"]`);
  const read = (event) => {
    try {
      return JSON.parse(event.data);
    } catch {
      return {};
    }
  };
  const open = () => {
    if (source || paused || document.hidden) return;
    source = new EventSource(region.dataset.live);
    source.onmessage = (event) => {
      for (const [name, text] of Object.entries(read(event))) {
        for (const place of field(name)) {
          if (place instanceof HTMLProgressElement) place.value = Number(text);
          else if (place.textContent !== String(text)) place.textContent = String(text);
        }
      }
    };
    source.addEventListener('fragment', (event) => {
      const { list, html } = read(event);
      const target = region.querySelector(`[data-live-list="${CSS.escape(String(list))}"]`);
      // Whoever reads or tabs through the list is not pushed out of it.
      if (!target || target.matches(':hover, :focus-within')) return;
      target.insertAdjacentHTML('afterbegin', String(html));
      while (target.children.length > Number(target.dataset.liveKeep || 12)) target.lastElementChild.remove();
    });
    // The server says when there is nothing more to follow; the page is then made again once, as it is now.
    source.addEventListener('end', () => location.reload());
  };
  const close = () => {
    source?.close();
    source = undefined;
  };
  const link = region.querySelector('.live__control a');
  if (link) {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'live__button';
    const { livePause, liveResume } = region.dataset;
    button.textContent = livePause;
    button.addEventListener('click', () => {
      paused = !paused;
      button.textContent = paused ? liveResume : livePause;
      if (paused) close();
      else open();
    });
    link.replaceWith(button);
  }
  // Nobody watches a hidden page; a line that is paid by the byte should not carry it.
  document.addEventListener('visibilitychange', () => (document.hidden ? close() : open()));
  addEventListener('pagehide', close);
  addEventListener('pageshow', open);
  open();
}
