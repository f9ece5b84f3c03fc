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
    keep(key, value) { sessionStorage.setItem(drafts.prefix + key, value ?? ''); },
    // The server has it now, unless more was typed meanwhile.
    settle(key, value) {
      if (sessionStorage.getItem(drafts.prefix + key) === (value ?? '')) sessionStorage.removeItem(drafts.prefix + key);
    },
    // The same for several: key -> value.
    settleAll(values) { for (const [key, value] of Object.entries(values)) drafts.settle(key, value); },
    // A record has its number now: what is kept for it goes by that.
    move(from, to) {
      for (const [key, value] of Object.entries(drafts.read(from))) {
        sessionStorage.setItem(drafts.prefix + to + key.slice(from.length), value);
        sessionStorage.removeItem(drafts.prefix + key);
      }
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

  const density = {
    set(name) {
      document.documentElement.dataset.density = name;
      cookie('crm-density', name);
    },
  };

  // The keys of the orders that a user opened last in this browser, for the palette; nothing else of them is kept.
  const recent = {
    key: user => `crm-recent-orders-${user}`,
    of(user) {
      try {
        return JSON.parse(localStorage.getItem(recent.key(user)) ?? '[]').filter(Number.isSafeInteger).slice(0, 5);
      } catch { return []; }
    },
    add(user, id) {
      try {
        localStorage.setItem(recent.key(user), JSON.stringify([id, ...recent.of(user).filter(other => other !== id)].slice(0, 5)));
      } catch { /* A browser that keeps nothing has no recent orders. */ }
    },
  };

  // Where the focus goes when a dialog is gone: to the button that opened it, the button of the menu that held that, or the heading.
  let touched = 0;
  for (const kind of ['keydown', 'pointerdown']) addEventListener(kind, () => { touched++; }, true);
  const nameOf = element => element.getAttribute('aria-label') ?? element.textContent.trim();
  const openerOf = element => {
    const target = element?.closest('details.menu')?.querySelector('summary') ?? element;
    return target && { target, name: nameOf(target), outer: target.closest('.mud-dialog') ? openers.at(-1) : null };
  };
  const openers = [];
  let pressed = null;
  let pressedAt = -1;
  document.addEventListener('click', event => {
    const element = event.target.closest('button, a, summary, [tabindex]');
    if (element) [pressed, pressedAt] = [openerOf(element), touched];
  }, true);
  // What opened the dialog may have been drawn anew meanwhile: then it is known by its name. A button of a dialog that went as well leads
  // to what opened that one.
  const heading = () => document.querySelector('main h1');
  const placesOf = opener => !opener ? [] : [
    opener.target,
    opener.outer ? null : [...document.querySelectorAll('main :is(button, a, summary)')]
      .find(other => nameOf(other) === opener.name && other.checkVisibility()),
    ...placesOf(opener.outer),
  ];
  // The page may be drawn again in this moment: until somebody touches a key or the pointer the focus is given back again wherever it is
  // nowhere, to the heading where there is no other place after half a second. It is not taken from where something else has put it, such
  // as a screen reader, which presses no key.
  const isNowhere = element => element === document.body || !element.checkVisibility();
  const giveFocusBack = (opener, tries = 50, before = touched) => {
    if (touched !== before || document.querySelector('.mud-dialog')) return;
    if (tries === 50 || isNowhere(document.activeElement)) {
      for (const target of !opener || tries < 45 ? [...placesOf(opener), heading()] : placesOf(opener)) {
        if (!target?.isConnected) continue;
        if (document.activeElement !== target) target.focus({ preventScroll: true });
        if (document.activeElement === target) break;
      }
    }
    if (tries > 0) setTimeout(() => giveFocusBack(opener, tries - 1, before), 100);
  };

  // A dialog takes the focus as it appears, not when the server has heard of that: what somebody types into it at once would be lost.
  const entered = new WeakSet();
  const enter = element => {
    if (entered.has(element) || !element.querySelector('[data-dismiss]')) return;
    entered.add(element);
    if (element.contains(document.activeElement)) return;
    const can = control => !control.disabled && !control.matches('[data-dismiss]') && control.checkVisibility();
    const first = [...element.querySelectorAll('[data-focus]')].find(can) ?? [...element.querySelectorAll(focusable)].find(can) ?? element;
    first.focus({ preventScroll: true });
  };

  const focusable = 'a[href], button, input:not([type=hidden]), select, textarea, [tabindex="0"]';
  // Who opened each dialog is seen as it appears, and gets the focus back as it goes, whatever the server has heard of by then.
  new MutationObserver(() => {
    const open = document.querySelectorAll('.mud-dialog');
    for (const element of [...open].slice(openers.length)) {
      const active = document.activeElement;
      const isLost = isNowhere(active) || element.contains(active);
      openers.push(pressedAt === touched || isLost ? pressed : openerOf(active));
    }
    open.forEach(enter);
    while (openers.length > open.length) {
      const opener = openers.pop();
      setTimeout(() => giveFocusBack(opener), 0);
    }
  }).observe(document.body, { childList: true, subtree: true });

  // Escape leaves the topmost dialog by its own button, so that the server knows of it; a list or a calendar in it takes the key first.
  document.addEventListener('keydown', event => {
    if (event.key !== 'Escape') return;
    const element = [...document.querySelectorAll('.mud-dialog')].at(-1);
    // The list of the palette is the dialog itself.
    const list = event.target.getAttribute?.('aria-expanded') === 'true' && !event.target.closest('.palette');
    if (!element || list || document.querySelector('.mud-popover-open')) return;
    element.querySelector('[data-dismiss]')?.click();
  }, true);

  const closeMenus = except => {
    for (const menu of document.querySelectorAll('details.menu[open]')) if (menu !== except) menu.open = false;
  };
  document.addEventListener('click', event => {
    const menu = event.target.closest('details.menu');
    closeMenus(menu);
    if (menu && event.target.closest('[data-close-menu]')) menu.open = false;
  });

  // A panel stays on the screen wherever its button stands, also while what is in it still comes: one that would reach over the right
  // edge ends where its button does.
  const keepInside = panel => {
    panel.style.transform = '';
    const { left, right } = panel.getBoundingClientRect(), button = panel.parentElement.getBoundingClientRect();
    const edge = 8, most = document.documentElement.clientWidth - edge;
    const by = Math.max(right > most ? Math.min(most, button.right) - right : 0, edge - left);
    if (by !== 0) panel.style.transform = `translateX(${by}px)`;
  };
  const shown = new ResizeObserver(entries => entries.forEach(entry => keepInside(entry.target)));
  document.addEventListener('toggle', event => {
    const panel = event.target.matches?.('details.menu') && event.target.querySelector(':scope > .menu-panel');
    if (!panel) return;
    if (!event.target.open) { shown.unobserve(panel); return; }
    keepInside(panel);
    shown.observe(panel);
  }, true);

  // Arrows go through a menu as through any other; a control in it that needs them keeps them.
  const walkMenu = event => {
    const summary = event.target.closest?.('details.menu > summary');
    const menu = event.target.closest?.('details.menu');
    if (!menu || !/^(ArrowDown|ArrowUp|Home|End)$/.test(event.key)) return false;
    if (!menu.open && (!summary || event.key !== 'ArrowDown')) return false;
    if (!summary && isTyping(event.target) && !/^(checkbox|radio|button|file)$/.test(event.target.type)) return false;
    event.preventDefault();
    if (!menu.open) summary.click();
    const items = [...menu.querySelectorAll('.menu-panel :is(a[href], button:not(:disabled), input:not(:disabled), select)')]
      .filter(item => item.checkVisibility());
    if (items.length === 0) return true;
    const at = items.indexOf(document.activeElement);
    const to = event.key === 'Home' ? 0 : event.key === 'End' ? items.length - 1
      : event.key === 'ArrowDown' ? (at + 1) % items.length : (at <= 0 ? items.length : at) - 1;
    items[to].focus();
    return true;
  };

  // Lists. A click beside the links and controls of a line opens what the line is about, as a click on its link does.
  const plain = '.cell-edit, a, button, input, label, select, textarea, summary, details, [role="button"]';
  const openRow = (event, inNewTab) => {
    const row = event.target.closest?.('tbody tr, .ticket-row');
    const link = row?.querySelector('[data-row-link]');
    if (!link || event.defaultPrevented || event.target.closest(plain) || !getSelection().isCollapsed) return;
    if (inNewTab) window.open(link.href, '_blank', 'noopener');
    else link.click();
  };
  let opening;
  document.addEventListener('click', event => {
    if (event.button !== 0 || event.shiftKey || event.altKey) return;
    clearTimeout(opening);
    if (!event.target.closest?.('[data-edit]')) openRow(event, event.ctrlKey || event.metaKey);
    // A second click would edit the cell.
    else if (event.detail === 1) opening = setTimeout(() => openRow(event, event.ctrlKey || event.metaKey), 300);
  });
  document.addEventListener('auxclick', event => { if (event.button === 1) openRow(event, true); });

  // A click on a value edits it, unless it is being selected.
  document.addEventListener('click', event => {
    const value = event.target.closest?.('[data-opens]');
    if (value && getSelection().isCollapsed) document.getElementById(value.dataset.opens)?.click();
  });

  // Tab in a field of a record saves it and opens the next one; from one part of a day to the next it goes on as ever. What is typed
  // before that one is there is no shortcut.
  let goesOn = false;
  document.addEventListener('keydown', event => {
    if (event.key !== 'Tab' || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    const control = event.target, form = control.closest?.('.editable form');
    const go = form?.querySelector(`[data-tab=${event.shiftKey ? 'back' : 'next'}]`);
    if (!go || control.matches('button') || control.validity?.badInput) return;
    event.preventDefault();
    // What was typed into a list of choices is taken as it is left.
    if (control.matches('.combobox input')) control.dispatchEvent(new Event('change', { bubbles: true }));
    goesOn = true;
    go.click();
  });
  const openBeside = (id, isBack) => {
    const openers = [...document.querySelectorAll('.editable [id$="-edit"]')];
    const at = openers.findIndex(opener => opener.id === `${id}-edit`), beside = openers[at + (isBack ? -1 : 1)];
    goesOn = Boolean(beside);
    if (beside) beside.click();
    else openers[at]?.focus();
  };

  // The list that a record is opened from, so that one can go on to the next from there.
  document.addEventListener('click', event => {
    if (!event.target.closest?.('[data-row-link]')) return;
    const rows = [...document.querySelectorAll('[data-row-link]')].map(link => link.getAttribute('href'));
    sessionStorage.setItem('list', JSON.stringify(rows));
  }, true);
  const neighbours = path => {
    const rows = JSON.parse(sessionStorage.getItem('list') ?? '[]');
    const at = rows.indexOf(path);
    return at < 0 || rows.length < 2 ? null : { previous: rows[at - 1], next: rows[at + 1], at: at + 1, of: rows.length };
  };

  // With Shift, a tick reaches from the last one to this one.
  let ticked = null;
  let isReaching = false;
  document.addEventListener('click', event => {
    const box = event.target.closest?.('tbody .cell-check input[type="checkbox"]');
    if (!box || isReaching) return;
    const boxes = [...box.closest('tbody').querySelectorAll('.cell-check input[type="checkbox"]')];
    const [from, to] = [boxes.indexOf(ticked), boxes.indexOf(box)];
    if (event.shiftKey && from >= 0 && from !== to) {
      isReaching = true;
      for (const other of boxes.slice(Math.min(from, to), Math.max(from, to) + 1)) {
        if (other !== box && other.checked !== box.checked) other.click();
      }
      isReaching = false;
      getSelection().removeAllRanges();
    }
    ticked = box;
  });

  // From the search into the list; the lines that are still on their way get the focus when they come.
  const intoList = () => {
    const first = () => document.querySelector('[data-row-link]');
    if (!first()) return false;
    first().focus();
    const table = first().closest('table');
    const later = new MutationObserver(() => { if (document.activeElement === document.body) first()?.focus(); });
    later.observe(table, { childList: true, subtree: true });
    const stop = () => { later.disconnect(); removeEventListener('keydown', stop, true); removeEventListener('pointerdown', stop, true); };
    addEventListener('keydown', stop, true);
    addEventListener('pointerdown', stop, true);
    return true;
  };

  // The first thing of a record that can be changed.
  const intoRecord = () => document.querySelector('#record :is(button, a[href], input, select, textarea):not(:disabled)');
  document.addEventListener('click', event => { if (event.target.closest?.('[data-into-record]')) intoRecord()?.focus(); });

  let shell = null;
  let leader = -Infinity;
  const call = name => shell?.invokeMethodAsync('OnShortcut', name).catch(() => {});
  document.addEventListener('keydown', event => {
    if (event.key === 'Escape') {
      const menu = event.target.closest?.('details.menu[open]');
      if (menu) { menu.open = false; menu.querySelector('summary').focus(); }
      return;
    }
    if (walkMenu(event)) return;
    // What is chosen from an open list is not sent yet.
    if (event.key === 'Enter' && event.target.matches?.('[role="combobox"][aria-expanded="true"]')) event.preventDefault();
    if (/^(ArrowDown|ArrowUp)$/.test(event.key) && event.target.matches?.('[role="combobox"]')) event.preventDefault();
    if (/^(ArrowDown|Enter)$/.test(event.key) && event.target.matches?.('[data-list-search]') && intoList()) {
      event.preventDefault();
      return;
    }
    if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === 'k') {
      event.preventDefault();
      call('palette');
      return;
    }
    if (isTyping(event.target) || goesOn || document.querySelector('.mud-dialog')) return;
    if ((event.ctrlKey || event.metaKey) && !event.shiftKey && event.key.toLowerCase() === 'z') {
      event.preventDefault();
      call('undo');
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    // By when a key is heard, not by when it was pressed: a page that is busy hears the first one late and the second at once.
    if (event.key === 'g') { leader = performance.now(); return; }
    if (performance.now() - leader < 1500) {
      leader = -Infinity;
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
    else if (event.key === 'x') {
      const box = event.target.closest?.('tr, .ticket-row')?.querySelector('.cell-check input');
      if (box) { event.preventDefault(); box.click(); }
    }
    else if (event.key === 'e') { const first = intoRecord(); if (first) { event.preventDefault(); first.focus(); } }
    else if (event.key === 'n') { const link = document.querySelector('[data-new]'); if (link) { event.preventDefault(); link.click(); } }
    else if (event.key === 'j' || event.key === 'k') {
      const rows = [...document.querySelectorAll('[data-row-link]')];
      if (rows.length === 0) { document.querySelector(`[data-neighbour="${event.key}"]:not(:disabled)`)?.click(); return; }
      const at = rows.indexOf(document.activeElement);
      rows[Math.max(0, Math.min(rows.length - 1, at + (event.key === 'j' ? 1 : -1)))].focus();
    }
    else {
      // A key that a button of the page has for itself, such as r for a reply.
      const button = document.querySelector(`[data-key="${CSS.escape(event.key)}"]:not(:disabled)`);
      if (button) { event.preventDefault(); if (button.matches('textarea, input')) button.focus(); else button.click(); }
    }
  });

  // Where messages are short, Enter sends; a script of an input method uses it for itself.
  document.addEventListener('keydown', event => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing || !event.target.matches?.('[data-send-on-enter]')) return;
    event.preventDefault();
    event.target.form?.requestSubmit();
  });

  // Where a script of its own sends a form, it may not be there yet: it finds that somebody wanted to.
  document.addEventListener('submit', event => {
    if (event.defaultPrevented || !event.target.matches?.('[data-by-script]')) return;
    event.preventDefault();
    event.target.dataset.wanted = '';
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

  // The time where somebody lives goes on by itself.
  const tick = () => {
    setTimeout(tick, 60_000 - Date.now() % 60_000);
    for (const { dataset, firstChild } of document.querySelectorAll('[data-clock]')) {
      try {
        const time = new Date().toLocaleTimeString(dataset.culture, { timeStyle: 'short', timeZone: dataset.clock });
        if (firstChild) firstChild.data = dataset.sentence.replace('{0}', time);
      } catch {
        // A place that this browser does not know keeps the time that the server wrote.
      }
    }
  };
  setTimeout(tick, 60_000 - Date.now() % 60_000);

  // A server that forgot this page (restart, long sleep, another node) cannot take it back: load it again, what was typed is kept as a
  // draft. That waits until a server answers: the error page of a proxy or of the browser would stay in the place of this one.
  const reload = () => {
    const later = () => setTimeout(reload, 1000);
    fetch('/health/live', { cache: 'no-store' }).then(answer => { if (answer.ok) location.reload(); else later(); }, later);
  };
  const banner = document.getElementById('components-reconnect-modal');
  if (banner) {
    new MutationObserver(() => { if (banner.classList.contains('components-reconnect-rejected')) reload(); })
      .observe(banner, { attributes: true, attributeFilter: ['class'] });
    banner.querySelector('[data-reconnect]')?.addEventListener('click', () => {
      Blazor.reconnect().then(done => done || reload(), reload);
    });
  }
  document.querySelector('#blazor-error-ui .reload')?.addEventListener('click', event => { event.preventDefault(); location.reload(); });

  window.crm = {
    drafts, theme, density, recent, focusHeading, neighbours, openBeside,
    ready(reference) {
      shell = reference;
      // The focus is given back above. The library would do it by way of the server, and take it from where one has gone meanwhile.
      if (window.mudElementRef) window.mudElementRef.restoreFocus = () => {};
      document.documentElement.dataset.interactive = 'true';
    },
    gone() { shell = null; },
    signOut() { document.querySelector('form[action="/account/logout"]')?.requestSubmit(); },
    focus(selector) { goesOn = false; document.querySelector(selector)?.focus(); },
    // Puts text where the cursor is; whoever listens to the box hears of it as of what is typed.
    insert(selector, text) {
      const box = document.querySelector(selector);
      if (!box) return;
      box.setRangeText(text, box.selectionStart, box.selectionEnd, 'end');
      box.dispatchEvent(new Event('input', { bubbles: true }));
      box.focus();
    },
    setValue(selector, value) { const box = document.querySelector(selector); if (box) box.value = value; },
    scrollToEnd(selector) { const part = document.querySelector(selector); if (part) part.scrollTop = part.scrollHeight; },
    scrollTo(selector) { document.querySelector(selector)?.scrollIntoView({ block: 'nearest' }); },
    slideTo(selector) {
      const part = document.querySelector(selector), bar = part?.parentElement;
      if (!bar) return;
      const [inner, outer] = [part.getBoundingClientRect(), bar.getBoundingClientRect()];
      bar.scrollLeft += Math.min(0, inner.left - outer.left) + Math.max(0, inner.right - outer.right);
    },
    copy(text) { return navigator.clipboard.writeText(text).then(() => true, () => false); },
    indeterminate(element, value) { if (element) element.indeterminate = value; },
    narrow(value) { cookie('crm-narrow', value ? '1' : '0'); },
  };
})();
