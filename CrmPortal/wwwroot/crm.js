// The few things that a page does in the browser itself: shortcuts, drafts, theme, dialogs, menus, the reconnect banner.
(() => {
  'use strict';

  const year = 60 * 60 * 24 * 365;
  const cookie = (name, value) => { document.cookie = `${name}=${encodeURIComponent(value)}; path=/; max-age=${year}; samesite=lax`; };
  const isTyping = target => target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

  // The server shows times in the zone of the person who looks at them.
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (zone && !document.cookie.includes('crm-zone=')) cookie('crm-zone', zone);

  const drafts = {
    prefix: 'draft:',
    // What was typed under a key that begins with the given text: key -> value.
    read(start) {
      const found = {};
      for (let i = 0; i < sessionStorage.length; i++) {
        const key = sessionStorage.key(i);
        if (key.startsWith(drafts.prefix + start)) found[key.slice(drafts.prefix.length)] = sessionStorage.getItem(key);
      }
      return found;
    },
    remove(start) {
      for (const key of Object.keys(drafts.read(start))) sessionStorage.removeItem(drafts.prefix + key);
    },
    clear() {
      for (const key of Object.keys(drafts.read(''))) sessionStorage.removeItem(drafts.prefix + key);
    },
  };

  // Every keystroke is kept in this tab, so that a lost connection loses nothing.
  document.addEventListener('input', event => {
    const key = event.target.dataset?.draft;
    if (key) sessionStorage.setItem(drafts.prefix + key, event.target.value);
  });

  // Drafts may hold personal data: whoever signs out or in starts without them.
  if (location.pathname.startsWith('/account/login')) drafts.clear();

  const theme = {
    set(name) {
      document.documentElement.dataset.theme = name;
      cookie('crm-theme', name);
    },
  };

  const dialog = {
    show(element) {
      if (!element || element.open) return;
      element.showModal();
      // The cancel button of the form decides how the dialog closes, so that the server knows of it.
      element.addEventListener('cancel', event => {
        event.preventDefault();
        element.querySelector('[data-dismiss]')?.click();
      });
      element.addEventListener('click', event => { if (event.target === element) element.querySelector('[data-dismiss]')?.click(); });
      element.querySelector('[data-focus]')?.focus();
    },
    close(element) { if (element?.open) element.close(); },
  };

  const closeMenus = except => {
    for (const menu of document.querySelectorAll('details.menu[open]')) if (menu !== except) menu.open = false;
  };
  document.addEventListener('click', event => {
    const menu = event.target.closest('details.menu');
    closeMenus(menu);
    if (menu && event.target.closest('[data-close-menu]')) menu.open = false;
  });

  let shell = null;
  let leader = 0;
  const call = name => shell?.invokeMethodAsync('OnShortcut', name).catch(() => {});
  document.addEventListener('keydown', event => {
    if (event.key === 'Escape') {
      const menu = event.target.closest?.('details.menu[open]');
      if (menu) { menu.open = false; menu.querySelector('summary').focus(); }
      return;
    }
    if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === 'k') {
      event.preventDefault();
      call('palette');
      return;
    }
    if (isTyping(event.target) || document.querySelector('dialog[open]')) return;
    if ((event.ctrlKey || event.metaKey) && !event.shiftKey && event.key.toLowerCase() === 'z') {
      event.preventDefault();
      call('undo');
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'g') { leader = Date.now(); return; }
    if (Date.now() - leader < 1500) {
      leader = 0;
      const link = document.querySelector(`[data-go="${CSS.escape(event.key)}"]`);
      if (link) { event.preventDefault(); link.click(); }
      return;
    }
    if (event.key === '?') { event.preventDefault(); call('help'); }
    else if (event.key === '/') {
      event.preventDefault();
      const search = document.querySelector('[data-list-search]');
      if (search) search.focus(); else call('palette');
    }
    else if (event.key === 'n') { const link = document.querySelector('[data-new]'); if (link) { event.preventDefault(); link.click(); } }
    else if (event.key === 'j' || event.key === 'k') {
      const rows = [...document.querySelectorAll('[data-row-link]')];
      if (rows.length === 0) return;
      const at = rows.indexOf(document.activeElement);
      rows[Math.max(0, Math.min(rows.length - 1, at + (event.key === 'j' ? 1 : -1)))].focus();
    }
  });

  // The heading of a page comes a moment after one went there; whoever has gone on to something else by then stays there.
  let awaited = null;
  const focusHeading = isFirstPage => {
    awaited?.disconnect();
    const before = document.activeElement;
    if (isFirstPage && before !== document.body) return;
    const focus = () => {
      const heading = document.querySelector('h1');
      if (!heading) return false;
      heading.tabIndex = -1;
      if (document.activeElement === before || document.activeElement === document.body) heading.focus();
      return true;
    };
    if (focus()) return;
    awaited = new MutationObserver(() => { if (focus()) awaited.disconnect(); });
    awaited.observe(document.body, { childList: true, subtree: true });
  };

  // A server that forgot this page (restart, long sleep) cannot take it back: load it again, what was typed is kept as a draft.
  const banner = document.getElementById('components-reconnect-modal');
  if (banner) {
    new MutationObserver(() => { if (banner.classList.contains('components-reconnect-rejected')) location.reload(); })
      .observe(banner, { attributes: true, attributeFilter: ['class'] });
    banner.querySelector('[data-reconnect]')?.addEventListener('click', () => {
      Blazor.reconnect().then(done => done || location.reload(), () => location.reload());
    });
  }
  document.querySelector('#blazor-error-ui .reload')?.addEventListener('click', event => { event.preventDefault(); location.reload(); });

  window.crm = {
    drafts, theme, dialog, focusHeading,
    ready(reference) { shell = reference; document.documentElement.dataset.interactive = 'true'; },
    gone() { shell = null; },
    focus(selector) { document.querySelector(selector)?.focus(); },
    setValue(selector, value) { const box = document.querySelector(selector); if (box) box.value = value; },
    scrollTo(selector) { document.querySelector(selector)?.scrollIntoView({ block: 'nearest' }); },
    copy(text) { return navigator.clipboard.writeText(text).then(() => true, () => false); },
    indeterminate(element, value) { if (element) element.indeterminate = value; },
    narrow(value) { cookie('crm-narrow', value ? '1' : '0'); },
  };
})();
