// The headings of a list: dragged to another place, and their edges to another width. The page keeps what comes of it.
const narrowest = 60, widest = 800;
const pages = new WeakMap();
const root = document.documentElement;

// While an edge is drawn, the column follows without asking the server.
const live = new CSSStyleSheet();
document.adoptedStyleSheets = [...document.adoptedStyleSheets, live];

const headOf = (table, name) => [...table.tHead.querySelectorAll('th[data-column]')].find(head => head.dataset.column === name);
const tell = (table, what, ...values) => pages.get(table)?.invokeMethodAsync(what, ...values).catch(() => {});

// Follows the pointer until it is let go of, which ends it, or the key Escape or the browser take it away, which does not count.
const follow = (onMove, onEnd) => {
  const stop = counts => {
    removeEventListener('pointermove', move);
    removeEventListener('pointerup', up);
    removeEventListener('pointercancel', cancel);
    removeEventListener('keydown', key, true);
    root.classList.remove('is-drawing-column', 'is-moving-column');
    onEnd(counts);
  };
  const move = event => onMove(event);
  const up = () => stop(true);
  const cancel = () => stop(false);
  const key = event => { if (event.key === 'Escape') { event.stopPropagation(); stop(false); } };
  addEventListener('pointermove', move);
  addEventListener('pointerup', up);
  addEventListener('pointercancel', cancel);
  addEventListener('keydown', key, true);
};

const draw = (event, table, head) => {
  event.preventDefault();
  const from = event.clientX, before = head.getBoundingClientRect().width;
  let width = null;
  root.classList.add('is-drawing-column');
  follow(moved => {
    if (width === null && Math.abs(moved.clientX - from) < 3) return;
    width = Math.round(Math.min(widest, Math.max(narrowest, before + moved.clientX - from)));
    live.replaceSync(`#${table.id} tr>:nth-child(${head.cellIndex + 1}){width:${width}px!important;min-width:${width}px!important;`
      + `max-width:${width}px!important}`);
  }, async counts => {
    if (counts && width !== null) await tell(table, 'Resize', head.dataset.column, width);
    live.replaceSync('');
  });
};

const drag = (event, table, head) => {
  const from = event.clientX, others = [...table.tHead.querySelectorAll('th[data-column]')].slice(1), wrap = table.parentElement;
  let isMoving = false, place = null;
  const unmark = () => { for (const other of others) delete other.dataset.drop; };
  follow(moved => {
    if (!isMoving && Math.abs(moved.clientX - from) < 8) return;
    isMoving = true;
    root.classList.add('is-moving-column');
    head.dataset.dragged = '';
    const sight = wrap.getBoundingClientRect();
    if (moved.clientX > sight.right - 40) wrap.scrollLeft += 16;
    else if (moved.clientX < sight.left + 40) wrap.scrollLeft -= 16;
    unmark();
    place = others.findIndex(other => {
      const box = other.getBoundingClientRect();
      return moved.clientX < box.left + box.width / 2;
    });
    if (place < 0) others.at(-1).dataset.drop = 'after';
    else others[place].dataset.drop = 'before';
  }, counts => {
    unmark();
    delete head.dataset.dragged;
    if (!isMoving) return;
    // Where it is let go of on a heading, that must not sort as well.
    const noClick = click => { click.stopPropagation(); click.preventDefault(); };
    addEventListener('click', noClick, true);
    setTimeout(() => removeEventListener('click', noClick, true), 0);
    if (counts) tell(table, 'Move', head.dataset.column, others[place]?.dataset.column ?? null);
  });
};

export function connect(id, page) {
  const table = document.getElementById(id);
  if (!table) return;
  const isKnown = pages.has(table);
  pages.set(table, page);
  if (isKnown) return;
  table.tHead.addEventListener('pointerdown', event => {
    const head = event.target.closest('th[data-column]');
    if (!head || event.button !== 0) return;
    if (event.target.closest('.column-edge')) draw(event, table, head);
    // A finger on the headings scrolls them.
    else if (event.pointerType !== 'touch' && head !== table.tHead.querySelector('th[data-column]')) drag(event, table, head);
  });
  table.tHead.addEventListener('dblclick', event => {
    const head = event.target.closest('.column-edge')?.closest('th');
    if (head) tell(table, 'Resize', head.dataset.column, null);
  });
}

export function widthOf(id, name) {
  const table = document.getElementById(id);
  return Math.round(headOf(table, name)?.getBoundingClientRect().width ?? 160);
}
