// Cells that are edited where they stand. Arrows go from cell to cell, from the link of a line into its cells and back.
const pages = new WeakMap();

const placeOf = (table, id, column) => table.querySelector(`tr[data-id="${id}"] [data-edit="${CSS.escape(column)}"]`);
const open = cell => pages.get(cell.closest('table'))
  ?.invokeMethodAsync('Edit', Number(cell.closest('tr').dataset.id), cell.dataset.edit).catch(() => {});

const neighbour = (cell, key) => {
  const row = cell.closest('tr');
  if (key === 'ArrowDown' || key === 'ArrowUp') {
    const column = CSS.escape(cell.dataset.edit);
    for (let other = row; (other = key === 'ArrowDown' ? other.nextElementSibling : other.previousElementSibling);) {
      const found = other.querySelector(`[data-edit="${column}"]`);
      if (found) return found;
    }
    return null;
  }
  const line = [row.querySelector('[data-row-link]'), ...row.querySelectorAll('[data-edit]')];
  return line[line.indexOf(cell) + (key === 'ArrowRight' ? 1 : -1)];
};

const onKey = event => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  const cell = event.target;
  // Not every browser sends a form from a list to choose from, and none may send it twice.
  if (event.key === 'Enter' && cell.matches('.cell-edit select')) { event.preventDefault(); cell.form.requestSubmit(); return; }
  if (cell.matches('[data-row-link]')) {
    const first = /^(ArrowRight|F2)$/.test(event.key) && cell.closest('tr').querySelector('[data-edit]');
    if (first) { event.preventDefault(); first.focus(); }
    return;
  }
  if (!cell.matches('[data-edit]')) return;
  if (event.key === 'Enter' || event.key === 'F2') { event.preventDefault(); open(cell); return; }
  if (!/^Arrow/.test(event.key)) return;
  event.preventDefault();
  neighbour(cell, event.key)?.focus();
};

export function connect(id, page) {
  const table = document.getElementById(id);
  if (!table) return;
  const isKnown = pages.has(table);
  pages.set(table, page);
  if (isKnown) return;
  table.addEventListener('keydown', onKey);
  table.addEventListener('dblclick', event => {
    const cell = event.target.closest('[data-edit]');
    if (!cell) return;
    getSelection().removeAllRanges();
    open(cell);
  });
}

export function focus(id, row, column) {
  const table = document.getElementById(id);
  if (table) placeOf(table, row, column)?.focus({ preventScroll: true });
}
