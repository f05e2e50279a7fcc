// Adds passkeys and signs in with them: carries the server's question to the browser's authenticator, and
// the answer back. The server decides everything; passkey/ in the web crate has the other half.
//
//   <form hidden data-passkey="register" data-start="/..." data-finish="/..." data-csrf="...">
//     (for "register" a field called name) <button>...</button>
//   </form>
//
// "register" adds a passkey, "sign-in" asks for one of a known person's, "discover" for any that the device
// keeps. The form is shown only where there are passkeys. Both addresses take POST with JSON; `start`
// answers with the question, `finish` with {"next": "/..."}, and both with {"error": "sentence"}.

// Browsers do not tell these apart, so that no page learns which passkeys a device has.
const NO_PASSKEY = {
  register: 'The passkey was not added. It was cancelled, or took too long. Try again.',
  'sign-in': 'No passkey was used. It was cancelled, or took too long, or this device has none of yours. Try again.',
  discover: 'No passkey was used. It was cancelled, or took too long, or this device has none of yours. Try again.'
}
const NOT_ALLOWED = ['AbortError', 'NotAllowedError', 'TimeoutError']

const SENTENCES = {
  InvalidStateError: 'You have already added a passkey from this device',
  NotSupportedError: 'This device cannot make a passkey that Counterfoil can use. Try another device.',
  ConstraintError: 'Set up a screen lock, PIN, fingerprint or face on this device, then try again',
  SecurityError: 'Passkeys do not work at this web address. Check the address, then try again.'
}
const NO_ANSWER = 'The service did not answer. Check your connection, then try again.'
const NO_SENSE = 'The service did not answer as it should. Reload the page, then try again.'
const FAILED = 'The browser could not use a passkey. Try again.'
const NO_NAME = 'Enter a name for the passkey, so that you can tell it from others'

/** What the person reads; anything else that goes wrong is put into a sentence first. */
class Told extends Error {}

const toBytes = (text) => {
  const padded = text.replaceAll('-', '+').replaceAll('_', '/')
  return Uint8Array.from(atob(padded), (character) => character.charCodeAt(0))
}

const toText = (buffer) => {
  const characters = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte))
  return btoa(characters.join('')).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

const withBytes = (descriptors = []) => descriptors.map((descriptor) => ({ ...descriptor, id: toBytes(descriptor.id) }))

async function create ({ publicKey }) {
  const credential = await navigator.credentials.create({
    publicKey: {
      ...publicKey,
      challenge: toBytes(publicKey.challenge),
      user: { ...publicKey.user, id: toBytes(publicKey.user.id) },
      excludeCredentials: withBytes(publicKey.excludeCredentials)
    }
  })
  const { response } = credential
  return answer(credential, {
    attestationObject: toText(response.attestationObject),
    clientDataJSON: toText(response.clientDataJSON),
    transports: response.getTransports?.() ?? []
  })
}

async function get ({ publicKey }) {
  const credential = await navigator.credentials.get({
    publicKey: {
      ...publicKey,
      challenge: toBytes(publicKey.challenge),
      allowCredentials: withBytes(publicKey.allowCredentials)
    }
  })
  const { response } = credential
  return answer(credential, {
    authenticatorData: toText(response.authenticatorData),
    clientDataJSON: toText(response.clientDataJSON),
    signature: toText(response.signature),
    userHandle: response.userHandle ? toText(response.userHandle) : null
  })
}

// By hand, since credentials that password managers put in the browser's place may lack toJSON().
const answer = (credential, response) => ({
  id: credential.id,
  rawId: toText(credential.rawId),
  type: credential.type,
  clientExtensionResults: {},
  response
})

const asks = { register: create, 'sign-in': get, discover: get }

async function post (form, address, body) {
  const request = {
    method: 'POST',
    headers: { accept: 'application/json', 'content-type': 'application/json', 'x-csrf-token': form.dataset.csrf },
    body: JSON.stringify(body)
  }
  const response = await fetch(address, request).catch(() => { throw new Told(NO_ANSWER) })
  const told = await response.json().catch(() => { throw new Told(NO_SENSE) })
  if (told.error) throw new Told(told.error)
  return told
}

function sentence (error, passkey) {
  if (error instanceof Told) return error.message
  if (NOT_ALLOWED.includes(error.name)) return NO_PASSKEY[passkey]
  return SENTENCES[error.name] ?? FAILED
}

async function run (form) {
  const { start, finish, passkey } = form.dataset
  const field = form.elements.namedItem('name')
  const named = field ? { name: field.value.trim() } : {}
  if (field && !named.name) {
    field.focus()
    throw new Told(NO_NAME)
  }
  const question = await post(form, start, named)
  const credential = await asks[passkey](question)
  const { next } = await post(form, finish, { ...named, credential })
  const address = next ? new URL(next, window.location.href) : undefined
  if (address?.origin !== window.location.origin) throw new Told(NO_SENSE)
  window.location.assign(address)
}

function say (form, text) {
  let alert = form.querySelector('[role="alert"]')
  if (!alert) {
    alert = document.createElement('p')
    alert.setAttribute('role', 'alert')
    form.prepend(alert)
  }
  alert.replaceChildren()
  alert.hidden = text === ''
  alert.classList.toggle('govuk-error-message', text !== '')
  if (text === '') return
  const prefix = document.createElement('span')
  prefix.className = 'govuk-visually-hidden'
  prefix.textContent = 'Error:'
  alert.append(prefix, ` ${text}`)
}

function bind (form) {
  let busy = false
  form.hidden = false
  form.querySelectorAll('button[hidden]').forEach((button) => { button.hidden = false })
  form.addEventListener('submit', async (event) => {
    event.preventDefault()
    if (busy) return
    busy = true
    say(form, '')
    try {
      await run(form)
    } catch (error) {
      say(form, sentence(error, form.dataset.passkey))
    } finally {
      busy = false
    }
  })
}

if (window.PublicKeyCredential && navigator.credentials) {
  document.querySelectorAll('form[data-passkey]').forEach(bind)
}
