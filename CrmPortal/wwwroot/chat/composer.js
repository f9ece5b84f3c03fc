// Where agents answer in a chat. The box belongs to the browser alone: what is typed while something is being sent stays, and what was not
// taken comes back. Until it is taken it is kept as a draft, which outlives the page and the server.
const TYPING_EVERY = 3000;

export function connect(box, self, chat) {
  const place = `draft:chat:${chat}`;
  const form = box.form;
  let waiting = [];
  let isSending = false;
  let saidTyping = 0;

  const keep = () => {
    const text = [...waiting.map(w => w.text), box.value].filter(t => t).join('\n');
    if (text) sessionStorage.setItem(place, text); else sessionStorage.removeItem(place);
  };

  const giveBack = () => {
    box.value = [...waiting.map(w => w.text), box.value].filter(t => t).join('\n');
    waiting = [];
    keep();
  };

  const send = async () => {
    if (isSending) return;
    isSending = true;
    try {
      for (let next; (next = waiting[0]);) {
        if (!await self.invokeMethodAsync('Say', next.text, next.key)) { giveBack(); return; }
        waiting.shift();
        keep();
      }
    } catch {
      // The server is away; the page says so, and comes back with what is kept.
      giveBack();
    } finally { isSending = false; }
  };

  box.value ||= sessionStorage.getItem(place) ?? '';
  box.addEventListener('input', () => {
    keep();
    if (!box.value || Date.now() - saidTyping < TYPING_EVERY) return;
    saidTyping = Date.now();
    self.invokeMethodAsync('Type').catch(() => { /* Only a sign. */ });
  });
  form.addEventListener('submit', event => {
    event.preventDefault();
    if (!box.value.trim()) { self.invokeMethodAsync('Say', '', '').catch(() => { /* Said when the server is back. */ }); return; }
    waiting.push({ text: box.value, key: crypto.randomUUID().replaceAll('-', '') });
    box.value = '';
    saidTyping = 0;
    keep();
    send();
  });
  // Sent before this was here.
  if ('wanted' in form.dataset) {
    delete form.dataset.wanted;
    form.requestSubmit();
  }
}
