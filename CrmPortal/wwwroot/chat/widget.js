// Puts a chat button on a web site: <script src="https://crm.example/chat/widget.js" async></script>
// data-language, data-identity (a signed token) and data-label may be given. The chat itself is a frame of our own site.
(() => {
  const tag = document.currentScript;
  if (!tag || window.crmChat) return;
  const origin = new URL(tag.src).origin;
  const wanted = (tag.dataset.language || document.documentElement.lang || navigator.language || 'en').slice(0, 2).toLowerCase();
  const language = wanted === 'es' ? 'es' : 'en';
  const words = language === 'es' ? { open: 'Abrir el chat', close: 'Cerrar el chat', title: 'Chat', fresh: 'mensajes nuevos' }
    : { open: 'Open the chat', close: 'Close the chat', title: 'Chat', fresh: 'new messages' };
  const label = tag.dataset.label || words.open;
  let identity = tag.dataset.identity || '';
  let frame = null;
  let isReady = false;
  let isOpen = false;

  const style = new CSSStyleSheet();
  style.replaceSync(`
    :host { all: initial; position: fixed; right: 16px; bottom: 16px; z-index: 2147483000; color-scheme: light dark; }
    button { all: unset; box-sizing: border-box; width: 56px; height: 56px; border-radius: 50%; cursor: pointer; display: grid; place-items: center;
      background: var(--crm-chat-accent, #17654f); color: var(--crm-chat-on-accent, #fff); box-shadow: 0 3px 12px rgb(0 0 0 / .3); position: relative; }
    button:focus-visible { outline: 3px solid #0b57d0; outline-offset: 2px; box-shadow: 0 0 0 2px #fff; }
    svg { width: 28px; height: 28px; fill: none; stroke: currentColor; stroke-width: 2; stroke-linecap: round; stroke-linejoin: round; }
    b { position: absolute; top: -4px; right: -4px; min-width: 20px; height: 20px; border-radius: 10px; padding: 0 4px; box-sizing: border-box;
      background: #b3261e; color: #fff; font: 600 12px/20px system-ui, sans-serif; text-align: center; }
    b:empty, .frame[hidden] { display: none; }
    .frame { position: fixed; right: 16px; bottom: 84px; width: 380px; height: min(600px, calc(100vh - 100px)); border-radius: 12px; overflow: hidden;
      box-shadow: 0 8px 32px rgb(0 0 0 / .3); background: Canvas; }
    iframe { border: 0; width: 100%; height: 100%; display: block; }
    @media (max-width: 480px) {
      .frame { inset: 0; width: 100%; height: 100%; border-radius: 0; }
      .is-ready button { display: none; }
    }`);

  const host = document.createElement('div');
  const root = host.attachShadow({ mode: 'open' });
  root.adoptedStyleSheets = [style];
  const body = document.createElement('div');
  const button = document.createElement('button');
  button.type = 'button';
  button.setAttribute('aria-expanded', 'false');
  button.innerHTML = '<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M4 5h16v11H9l-5 4z"/></svg><b aria-hidden="true"></b>';
  const count = button.querySelector('b');
  const holder = document.createElement('div');
  holder.className = 'frame';
  holder.hidden = true;
  body.append(holder, button);
  root.append(body);

  function say(unread) {
    count.textContent = unread > 0 ? String(Math.min(unread, 99)) : '';
    button.setAttribute('aria-label', isOpen ? words.close : unread > 0 ? `${label}, ${unread} ${words.fresh}` : label);
  }

  function load() {
    if (frame) return;
    isReady = false;
    frame = document.createElement('iframe');
    frame.title = words.title;
    frame.referrerPolicy = 'no-referrer';
    // Behind the sign that is never sent: neither the page nor who reads it stands in a log.
    frame.src = `${origin}/chat/frame?lang=${language}#${encodeURIComponent(JSON.stringify({ page: location.href, identity }))}`;
    holder.append(frame);
  }

  function show(open) {
    if (open) load();
    isOpen = open;
    holder.hidden = !open;
    mark();
    button.setAttribute('aria-expanded', String(open));
    say(0);
    if (isReady) frame.contentWindow.postMessage({ crm: open ? 'shown' : 'hidden' }, origin);
    if (!open) button.focus();
  }

  // On phones the frame has a button of its own to close it, once it is there.
  function mark() { body.className = isOpen && isReady ? 'is-ready' : ''; }

  button.addEventListener('click', () => show(!isOpen));
  host.addEventListener('keydown', event => { if (event.key === 'Escape' && isOpen) show(false); });
  addEventListener('message', event => {
    if (event.origin !== origin || !frame || event.source !== frame.contentWindow) return;
    if (event.data?.crm === 'close') show(false);
    if (event.data?.crm === 'ready') {
      isReady = true;
      mark();
      frame.contentWindow.postMessage({ crm: isOpen ? 'shown' : 'hidden' }, origin);
    }
    if (event.data?.crm === 'unread' && !isOpen) say(event.data.count);
    // A chat that goes on is heard of on the next page as well.
    if (event.data?.crm === 'going') try { localStorage.setItem('crm-chat', event.data.on ? '1' : ''); } catch { /* Not kept here. */ }
  });

  window.crmChat = {
    open: () => show(true),
    close: () => show(false),
    identify: token => { identity = token; frame?.remove(); frame = null; isReady = false; mark(); if (isOpen) load(); },
  };
  // No button where there is no chat.
  window.crmChatDoor = door => {
    if (!door.on || host.isConnected) return;
    if (location.origin !== origin && !door.sites.includes(location.origin)) {
      console.info(`The chat of ${origin} does not list ${location.origin} among its sites.`);
      return;
    }
    if (door.accent) {
      host.style.setProperty('--crm-chat-accent', door.accent);
      host.style.setProperty('--crm-chat-on-accent', door.onAccent);
    }
    (document.body || document.documentElement).append(host);
    try { if (localStorage.getItem('crm-chat')) load(); } catch { /* Not kept here. */ }
  };
  say(0);
  const asked = document.createElement('script');
  asked.src = origin + '/chat/door.js';
  asked.nonce = tag.nonce;
  document.head.append(asked);
})();
