// Turns <form data-passkey="create|request"> into a talk with the authenticator, then posts the credential as a normal form.
(() => {
  'use strict';

  async function talk(form) {
    const isNew = form.dataset.passkey === 'create';
    const data = new FormData(form);
    data.delete('credential');
    const answer = await fetch(`/account/passkey/${isNew ? 'creation' : 'request'}-options`, { method: 'POST', body: data, redirect: 'error' });
    if (!answer.ok) throw new Error(await answer.text());
    const json = await answer.json();
    if (json.refusal) throw new Error(json.refusal);
    const credential = isNew
      ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(json) })
      : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(json) });
    form.elements.credential.value = JSON.stringify(credential);
    form.submit();
  }

  document.addEventListener('submit', event => {
    const form = event.target;
    if (!form.dataset.passkey || form.elements.credential.value) return;
    event.preventDefault();
    const message = form.querySelector('[data-passkey-message]');
    message.textContent = '';
    talk(form).catch(fault => {
      // Faults of the browser are in its own words; ours come from the server.
      message.textContent = fault instanceof DOMException || fault instanceof TypeError || !fault.message ? message.dataset.passkeyFailure : fault.message;
    });
  });
})();
