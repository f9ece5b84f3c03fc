// The chat within its frame. What was said is kept until the server has it: the key of each message makes it one, however often it is sent.
import { Hub } from './hub.js';

const config = JSON.parse(document.getElementById('config').textContent);
const texts = config.texts;
const $ = id => document.getElementById(id);
const fill = (text, value) => text.replace('{0}', value ?? '');
const LOOK_EVERY = 30000;
const TYPING_FOR = 5000;
const KEPT = 'crm-chat-key';
const UNSENT = 'crm-chat-unsent';

let given = {};
try { given = JSON.parse(decodeURIComponent(location.hash.slice(1) || '{}')); } catch { /* Opened by itself. */ }
const box = {
  get: name => { try { return localStorage.getItem(name); } catch { return null; } },
  set: (name, value) => { try { if (value === null) localStorage.removeItem(name); else localStorage.setItem(name, value); } catch { /* Not kept. */ } },
};
const random = bytes => btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(bytes))))
  .replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');

let key = box.get(KEPT);
let chat = null;
let last = 0;
let unread = 0;
let isShown = window.parent === window;
let unsent = [];
let isFetching = false;
let isToFetch = false;
let typingTimer = 0;
let saidTyping = 0;

if (config.accent) {
  document.documentElement.style.setProperty('--accent', config.accent);
  document.documentElement.style.setProperty('--on-accent', config.onAccent);
}

const hub = new Hub(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/chat/hub?lang=${config.language}`, {
  up: async () => { draw(); await fetchNews(); await sendAll(); },
  down: draw,
  call: (name, [news, id, who, isOn]) => {
    if (news === 'Typing') showTyping(who, isOn);
    else if (news === 'Read') { if (chat) chat.agentReadId = Math.max(chat.agentReadId, id ?? 0); drawRead(); }
    else fetchNews();
  },
});

function tell(message) { if (window.parent !== window) window.parent.postMessage(message, '*'); }

// Asks for what came after the last message that is here; once more where something came meanwhile.
async function fetchNews() {
  if (!key || !hub.isUp) return;
  if (isFetching) { isToFetch = true; return; }
  isFetching = true;
  try {
    do {
      isToFetch = false;
      const { chat: found, errors } = await hub.call('Resume', key, last);
      if (errors) return show('say-error', errors);
      if (!found) { forget(); return; }
      take(found);
    } while (isToFetch);
  } catch { /* It is asked again when the connection is back. */ } finally { isFetching = false; }
}

function take(found) {
  const isFirst = chat === null || chat.id !== found.id;
  chat = { ...found, messages: undefined };
  for (const message of found.messages) add(message, !isFirst);
  tell({ crm: 'going', on: chat.state === 'Waiting' || chat.state === 'Active' });
  draw();
  markRead();
}

function add(message, isNews) {
  if (message.id <= last) return;
  last = message.id;
  showTyping(null, false);
  const mine = unsent.findIndex(u => u.id === message.id);
  if (mine >= 0) { unsent[mine].item.remove(); unsent.splice(mine, 1); keepUnsent(); }
  const item = line(message);
  if (!item) return;
  $('log').insertBefore(item, $('log').querySelector('.is-unsent'));
  scroll();
  if (isNews && message.kind === 'Agent' && !isShown) tell({ crm: 'unread', count: ++unread });
}

const NOTICES = { Joined: 'joined', HandedOver: 'handedOver', PutBack: 'putBack', TicketMade: 'ticketMade' };

function line(message) {
  const item = document.createElement('div');
  if (message.kind === 'Notice') {
    if (!NOTICES[message.event]) return null;
    item.className = 'notice';
    item.textContent = fill(texts[NOTICES[message.event]], message.authorName);
    return item;
  }

  item.className = message.kind === 'Agent' ? 'said theirs' : 'said mine';
  item.dataset.id = message.id ?? '';
  const who = document.createElement('span');
  who.className = 'who';
  who.textContent = (message.kind === 'Agent' ? message.authorName : texts.you) + (message.at
    ? ' · ' + new Date(message.at).toLocaleTimeString(config.culture, { hour: '2-digit', minute: '2-digit' }) : '');
  const what = document.createElement('div');
  what.className = 'what';
  if (message.file) what.append(fileButton(message.file));
  else link(what, message.text);
  item.append(who, what);
  return item;
}

// Text with its addresses as links; nothing of it is ever read as HTML.
function link(parent, text) {
  let from = 0;
  for (const match of text.matchAll(/https?:\/\/[^\s<>"']{1,500}/g)) {
    const address = match[0].replace(/[.,;:!?)\]]+$/, '');
    parent.append(text.slice(from, match.index));
    const anchor = document.createElement('a');
    anchor.href = address;
    anchor.target = '_blank';
    anchor.rel = 'noopener noreferrer nofollow';
    anchor.textContent = address;
    parent.append(anchor);
    from = match.index + address.length;
  }
  parent.append(text.slice(from));
}

function fileButton(file) {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'file';
  const kilobytes = Math.max(1, Math.floor(file.size / 1024));
  button.textContent = `${file.name} (${kilobytes < 1024 ? `${kilobytes} kB`
    : `${(file.size / 1048576).toLocaleString(config.culture, { maximumFractionDigits: 1 })} MB`})`;
  button.addEventListener('click', async () => {
    const answer = await fetch(`/chat/files/${file.id}`, { headers: { 'X-Chat-Key': key } });
    if (!answer.ok) return;
    const anchor = document.createElement('a');
    anchor.href = URL.createObjectURL(await answer.blob());
    anchor.download = file.name;
    anchor.click();
    setTimeout(() => URL.revokeObjectURL(anchor.href), 10000);
  });
  return button;
}

function scroll() { $('log').scrollTop = $('log').scrollHeight; }

function draw() {
  const isOpen = chat?.state === 'Waiting' || chat?.state === 'Active';
  const isOver = chat && !isOpen;
  $('begin').hidden = !!chat || !!key;
  $('log').hidden = !chat;
  $('say').hidden = !isOpen;
  $('address').hidden = !(isOver && chat.needsEmail);
  $('why').hidden = chat?.state !== 'Ended';
  $('rating').hidden = !(chat?.state === 'Ended' && chat.agent && !chat.score);
  $('again').hidden = !isOver;
  $('state').textContent = !hub.isUp && key ? texts.offline
    : !chat ? ''
    : chat.state === 'Waiting' ? texts.waiting
    : chat.state === 'Active' ? fill(texts.with, chat.agent)
    : chat.state === 'Ended' ? (chat.score ? texts.thanks : texts.over)
    : chat.needsEmail ? texts.missedEmail : fill(texts.missed, chat.ticket);
  drawRead();
}

function drawRead() {
  for (const mark of document.querySelectorAll('.is-read')) mark.remove();
  const mine = [...document.querySelectorAll('.mine[data-id]')].filter(i => Number(i.dataset.id) > 0 && Number(i.dataset.id) <= (chat?.agentReadId ?? 0));
  if (mine.length === 0) return;
  const mark = document.createElement('span');
  mark.className = 'is-read';
  mark.textContent = texts.read;
  mine.at(-1).append(mark);
}

function showTyping(who, isOn) {
  clearTimeout(typingTimer);
  document.querySelector('.typing')?.remove();
  if (!isOn || !chat) return;
  const item = document.createElement('div');
  item.className = 'notice typing';
  item.textContent = fill(texts.typing, who);
  $('log').append(item);
  scroll();
  typingTimer = setTimeout(() => showTyping(null, false), TYPING_FOR);
}

function markRead() {
  if (!isShown || !chat || document.hidden) return;
  unread = 0;
  if (last > 0 && hub.isUp) hub.call('Read', last).catch(() => { /* It is told again with the next message. */ });
}

function show(place, errors) { $(place).textContent = Object.values(errors ?? {}).join(' '); }

function keepUnsent() { box.set(UNSENT, unsent.length ? JSON.stringify(unsent.map(u => ({ key: u.key, text: u.text }))) : null); }

function queue(text, messageKey = random(12)) {
  const item = line({ kind: 'Visitor', text });
  item.classList.add('is-unsent');
  const mark = document.createElement('span');
  mark.className = 'is-sending';
  mark.textContent = texts.sending;
  item.append(mark);
  $('log').append(item);
  unsent.push({ key: messageKey, text, item, id: null });
  keepUnsent();
  scroll();
}

// One after the other, so that they arrive in their order.
let isSending = false;
async function sendAll() {
  if (isSending || !hub.isUp) return;
  isSending = true;
  try {
    for (let next; (next = unsent.find(u => u.id === null));) {
      const { id, errors } = await hub.call('Say', next.key, next.text);
      if (errors || !id) {
        show('say-error', errors ?? { '': texts.failed });
        next.item.remove();
        unsent.splice(unsent.indexOf(next), 1);
        $('text').value ||= next.text;
        keepUnsent();
        await fetchNews();
        continue;
      }
      show('say-error', null);
      next.id = id;
      // Heard of by the news of it already, or drawn as sent now.
      if (id <= last) { next.item.remove(); unsent.splice(unsent.indexOf(next), 1); }
      keepUnsent();
      await fetchNews();
    }
  } catch { /* They are sent again when the connection is back. */ } finally { isSending = false; }
}

function forget() {
  key = null;
  chat = null;
  last = 0;
  unsent = [];
  box.set(KEPT, null);
  keepUnsent();
  $('log').replaceChildren();
  tell({ crm: 'going', on: false });
  draw();
}

$('begin').addEventListener('submit', async event => {
  event.preventDefault();
  for (const id of ['name-error', 'email-error', 'first-error', 'begin-error']) $(id).textContent = '';
  for (const field of $('begin').querySelectorAll('[aria-invalid]')) field.removeAttribute('aria-invalid');
  const text = $('first').value;
  if (text.length > config.longest) { $('first-error').textContent = fill(texts.tooLong, config.longest.toLocaleString(config.culture)); return $('first').focus(); }
  // The same key again where the answer of the first start was lost: then it is the same chat.
  const own = box.get(KEPT + '-new') ?? random(32);
  box.set(KEPT + '-new', own);
  hub.connect();
  try {
    await up();
    const { chat: begun, errors } = await hub.call('Start', { key: own, messageKey: own.slice(0, 20), text, name: $('name').value || null,
      email: $('email').value || null, page: given.page ?? null, identity: given.identity || null });
    if (errors) {
      const places = { Name: 'name', Email: 'email', Text: 'first' };
      // What was not asked for when the page came may be needed since the last agent left.
      if (errors.Name || errors.Email) $('who').hidden = false;
      for (const [field, sentence] of Object.entries(errors)) {
        const place = places[field] ?? 'begin';
        $(place + '-error').textContent = sentence;
        $(places[field])?.setAttribute('aria-invalid', 'true');
      }
      $('begin').querySelector('[aria-invalid]')?.focus();
      return;
    }
    key = own;
    box.set(KEPT, key);
    box.set(KEPT + '-new', null);
    $('first').value = '';
    take(begun);
    if (!$('say').hidden) $('text').focus();
  } catch { $('begin-error').textContent = texts.failed; }
});

// Waits for the connection, some seconds at most.
function up() {
  return new Promise((done, failed) => {
    const until = Date.now() + 8000;
    const look = () => hub.isUp ? done() : Date.now() > until ? failed(new Error('offline')) : setTimeout(look, 50);
    look();
  });
}

function submit() {
  const text = $('text').value.trim();
  if (!text) return;
  if (text.length > config.longest) return show('say-error', { '': fill(texts.tooLong, config.longest.toLocaleString(config.culture)) });
  $('text').value = '';
  saidTyping = 0;
  queue(text);
  sendAll();
}

$('say').addEventListener('submit', event => { event.preventDefault(); submit(); });
$('text').addEventListener('keydown', event => {
  if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) { event.preventDefault(); submit(); }
});
$('text').addEventListener('input', () => {
  if (Date.now() - saidTyping < 3000 || !hub.isUp) return;
  saidTyping = Date.now();
  hub.call('Type', true).catch(() => { /* Only a sign. */ });
});
$('file').addEventListener('change', async () => {
  const [file] = $('file').files;
  $('file').value = '';
  if (!file) return;
  if (file.size > config.largestFile * 1024 * 1024) return show('say-error', { '': fill(texts.tooLarge, config.largestFile) });
  show('say-error', { '': texts.sending });
  try {
    const answer = await fetch(`/chat/files?lang=${config.language}&messageKey=${random(12)}&name=${encodeURIComponent(file.name.slice(-200))}`,
      { method: 'POST', headers: { 'X-Chat-Key': key, 'Content-Type': 'application/octet-stream' }, body: file });
    const said = answer.ok ? null : (await answer.json().catch(() => null))?.message ?? texts.failed;
    show('say-error', said ? { '': said } : null);
    await fetchNews();
  } catch { show('say-error', { '': texts.failed }); }
});
$('end').addEventListener('click', async () => { try { await hub.call('End'); await fetchNews(); $('again').focus(); } catch { show('say-error', { '': texts.failed }); } });
$('again').addEventListener('click', () => { forget(); $('first').focus(); });
$('rating').addEventListener('submit', async event => {
  event.preventDefault();
  const score = Number(new FormData($('rating')).get('Score')) || null;
  try {
    const { chat: rated, errors } = await hub.call('Rate', score, $('comment').value);
    show('rating-error', errors);
    if (rated) { take(rated); $('again').focus(); }
  } catch { $('rating-error').textContent = texts.failed; }
});
$('address').addEventListener('submit', async event => {
  event.preventDefault();
  try {
    const { chat: told, errors } = await hub.call('LeaveAddress', null, $('later-email').value);
    show('later-error', errors);
    if (told) { take(told); $('again').focus(); }
  } catch { $('later-error').textContent = texts.failed; }
});
$('close').addEventListener('click', () => tell({ crm: 'close' }));
addEventListener('keydown', event => { if (event.key === 'Escape') tell({ crm: 'close' }); });
addEventListener('message', event => {
  if (event.source !== window.parent) return;
  if (event.data?.crm === 'shown') {
    isShown = true;
    markRead();
    (!$('say').hidden ? $('text') : !$('begin').hidden ? ($('who').hidden ? $('first') : $('name')) : $('log')).focus();
    scroll();
  }
  if (event.data?.crm === 'hidden') isShown = false;
});
document.addEventListener('visibilitychange', markRead);
setInterval(() => { if (chat?.state === 'Waiting' || chat?.state === 'Active') fetchNews(); }, LOOK_EVERY);

if (window.parent === window) $('close').hidden = true;
if (key) {
  hub.connect();
  try { for (const { key: messageKey, text } of JSON.parse(box.get(UNSENT) ?? '[]')) queue(text, messageKey); } catch { keepUnsent(); }
}
draw();
tell({ crm: 'ready' });
