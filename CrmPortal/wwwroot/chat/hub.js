// The JSON protocol of SignalR over a WebSocket: calls with answers, calls from the server, signs of life, and coming back.
const END = '\u001e';
const SIGN_OF_LIFE = 15000;
const LONGEST_SILENCE = 40000;
const WAITS = [500, 1000, 2000, 5000, 10000, 20000];

export class Hub {
  #address; #on; #socket = null; #calls = new Map(); #next = 1; #tries = 0; #timer = 0; #heard = 0; #isEnded = false;

  // on: { up, down, call(name, values) }
  constructor(address, on) {
    this.#address = address;
    this.#on = on;
    addEventListener('online', () => { if (!this.#socket) this.connect(); });
  }

  get isUp() { return this.#socket?.isReady === true; }

  connect() {
    clearTimeout(this.#timer);
    if (this.#socket || this.#isEnded) return;
    const socket = this.#socket = new WebSocket(this.#address);
    let isShaken = false;
    socket.onopen = () => socket.send('{"protocol":"json","version":1}' + END);
    socket.onmessage = event => {
      this.#heard = Date.now();
      for (const text of event.data.split(END)) {
        if (!text) continue;
        const message = JSON.parse(text);
        if (!isShaken) {
          if (message.error) return socket.close();
          isShaken = true;
          socket.isReady = true;
          this.#tries = 0;
          this.#live(socket);
          this.#on.up();
        } else this.#take(message, socket);
      }
    };
    socket.onclose = () => this.#lost(socket);
  }

  // Answers with what the server answers; fails where the connection is lost before.
  call(name, ...values) {
    if (!this.isUp) return Promise.reject(new Error('offline'));
    const id = String(this.#next++);
    return new Promise((done, failed) => {
      this.#calls.set(id, { done, failed });
      this.#socket.send(JSON.stringify({ type: 1, invocationId: id, target: name, arguments: values }) + END);
    });
  }

  #take(message, socket) {
    if (message.type === 1) this.#on.call(message.target, message.arguments);
    if (message.type === 3) {
      const call = this.#calls.get(message.invocationId);
      this.#calls.delete(message.invocationId);
      if (message.error) call?.failed(new Error(message.error));
      else call?.done(message.result);
    }
    if (message.type === 7) socket.close();
  }

  #live(socket) {
    const life = setInterval(() => {
      if (socket.readyState !== WebSocket.OPEN) return clearInterval(life);
      if (Date.now() - this.#heard > LONGEST_SILENCE) return socket.close();
      socket.send('{"type":6}' + END);
    }, SIGN_OF_LIFE);
  }

  #lost(socket) {
    if (this.#socket !== socket) return;
    this.#socket = null;
    const calls = [...this.#calls.values()];
    this.#calls.clear();
    for (const call of calls) call.failed(new Error('offline'));
    this.#on.down();
    const wait = WAITS[Math.min(this.#tries++, WAITS.length - 1)];
    // Not all at the same moment, when a server comes back.
    this.#timer = setTimeout(() => this.connect(), wait * (0.5 + Math.random()));
  }
}
