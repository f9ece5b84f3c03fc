// Proposes articles while somebody types into the contact form, and notes in the form which of them were opened. Without it, the page
// after the first click proposes them.
(() => {
  'use strict';
  const form = document.querySelector('[data-contact]');
  const wait = 700;
  const shortest = 10;
  const longest = 2000;
  let timer;
  let asked = '';

  /** Adds the key of an article to a hidden field of each form on the page. */
  function note(name, id) {
    for (const field of document.querySelectorAll(`input[name="${name}"]`)) {
      const known = field.value.split('.').filter(Boolean);
      if (!known.includes(id) && known.length < 20) field.value = [...known, id].join('.');
    }
  }

  document.addEventListener('click', event => {
    const link = event.target.closest('[data-article]');
    if (link) note('Read', link.dataset.article);
  });

  if (!form) return;
  const list = form.querySelector('[data-list]');

  async function propose() {
    const text = `${form.elements.Subject.value} ${form.elements.Text.value}`.trim().slice(0, longest);
    if (text.length < shortest || text === asked) return;
    asked = text;
    const answer = await fetch(form.dataset.proposals, { method: 'POST', body: text, headers: { 'Content-Type': 'text/plain' } });
    if (!answer.ok || text !== asked) return;
    const found = await answer.json();
    list.querySelector('ul').replaceChildren(...found.map(article => {
      const link = document.createElement('a');
      link.href = article.address;
      link.target = '_blank';
      link.textContent = article.title;
      link.dataset.article = article.id;
      note('Shown', String(article.id));
      const item = document.createElement('li');
      item.append(link);
      return item;
    }));
    list.hidden = found.length === 0;
  }

  form.addEventListener('input', event => {
    if (event.target.name !== 'Subject' && event.target.name !== 'Text') return;
    clearTimeout(timer);
    // What cannot be asked now is proposed on the next page.
    timer = setTimeout(() => propose().catch(() => {}), wait);
  });
})();
