// Sends chosen or dropped files one after the other and tells the page how far each is.
export function connect(input, page) {
  const area = input.closest('.drop');
  const mark = on => area?.classList.toggle('is-over', on);
  input.addEventListener('dragenter', () => mark(true));
  for (const name of ['dragleave', 'drop', 'dragend']) input.addEventListener(name, () => mark(false));

  const take = async () => {
    const files = [...input.files];
    input.value = '';
    if (files.length === 0) return;
    const { first, addresses, header, token } = await page.invokeMethodAsync('Begin', files.map(f => f.name), files.map(f => f.size));
    for (let i = 0; i < files.length; i++) {
      if (!addresses[i]) continue;
      const message = await send(files[i], addresses[i], header, token, sent => page.invokeMethodAsync('Progress', first + i, sent));
      await page.invokeMethodAsync('Finish', first + i, message.ok, message.text);
    }
  };
  input.addEventListener('change', take);
  // What was chosen before the page was alive waits in the control.
  take();
}

function send(file, address, header, token, progress) {
  return new Promise(done => {
    const request = new XMLHttpRequest();
    let told = 0;
    request.upload.addEventListener('progress', event => {
      if (Date.now() - told < 200) return;
      told = Date.now();
      progress(event.loaded);
    });
    request.addEventListener('loadend', () => {
      let text = null;
      try { text = JSON.parse(request.responseText).message ?? null; } catch { /* The answer of something between us and the server. */ }
      done({ ok: request.status === 201, text });
    });
    request.open('POST', address);
    request.setRequestHeader('Content-Type', 'application/octet-stream');
    request.setRequestHeader(header, token);
    request.send(file);
  });
}
