// Keeps what was typed when a session ends before the form was sent, and puts it back on the same page when
// the same person has signed in again.
//
// It stays in the tab's own storage under the page's path, and never has passwords, codes or files. A form
// that is sent is kept too until the next page shows that it arrived: if the session had ended unseen, that
// page asks to sign in instead.

const PREFIX = 'counterfoil:draft:'
const LONGEST = 12 * 60 * 60 * 1000

// The page's own address: that of the browser may be one that only takes what is sent.
export const pagePath = () => document.body.dataset.path || location.pathname
const key = () => PREFIX + pagePath()
// Who is signed in; and for which organisation, with which council the page is.
const who = () => document.body.dataset.signedIn
const where = () => document.body.dataset.for

// Storage may be switched off; then nothing is kept, and nothing else breaks.
function stored (use) {
  try {
    return use(sessionStorage)
  } catch {
    return null
  }
}

function forms () {
  return [...document.querySelectorAll('form[data-draft]')]
}

// A form of the same address may be on a page twice.
function nameOf (form) {
  const same = forms().filter((other) => other.getAttribute('action') === form.getAttribute('action'))
  return `${form.getAttribute('action')} ${same.indexOf(form)}`
}

function kept (control) {
  const secret = control.autocomplete === 'one-time-code' || control.dataset.draft === 'never' ||
    // A password that is shown is an input of text.
    /password/i.test(control.name) || control.closest('.govuk-password-input')
  const kinds = ['hidden', 'password', 'file', 'submit', 'button', 'reset', 'image', 'fieldset', 'output']
  return control.name && !secret && !kinds.includes(control.type)
}

function isTick (control) {
  return control.type === 'checkbox' || control.type === 'radio'
}

function isTouched (control) {
  if (isTick(control)) return control.checked !== control.defaultChecked
  if (control.options) {
    const options = [...control.options]
    // Where the page chose nothing, a list for one shows its first.
    const untouched = !control.multiple && !options.some((option) => option.defaultSelected)
    return options.some((option, index) => option.selected !== (untouched ? index === 0 : option.defaultSelected))
  }
  return control.value !== control.defaultValue
}

// Name, and what was typed or chosen, in the order of the form.
function read (form) {
  return [...form.elements].filter(kept).map((control) => {
    if (isTick(control)) return [control.name, control.value, control.checked]
    if (control.options) return [control.name, [...control.selectedOptions].map((option) => option.value)]
    return [control.name, control.value]
  })
}

function write (form, values) {
  const controls = [...form.elements].filter(kept)
  for (const [name, value, checked] of values) {
    const control = controls.find((one) =>
      one.name === name && (checked === undefined || (isTick(one) && one.value === value)))
    if (!control) continue
    if (isTick(control)) {
      control.checked = checked
    } else if (control.options) {
      for (const option of control.options) option.selected = value.includes(option.value)
    } else {
      control.value = value
    }
    controls.splice(controls.indexOf(control), 1)
  }
}

// Whether anything would be lost. What the server showed again with its errors was never stored either.
function isHalfFilled (form) {
  const controls = [...form.elements].filter(kept)
  return controls.length > 0 && (isRefused() || controls.some(isTouched))
}

function isRefused () {
  return document.querySelector('.govuk-error-summary') !== null
}

export function anythingTyped () {
  return forms().some(isHalfFilled)
}

// Keeps every form of the page that is half filled.
export function keep (sent = false) {
  const halfFilled = who() ? forms().filter(isHalfFilled) : []
  if (halfFilled.length === 0) return
  const draft = { at: Date.now(), who: who(), where: where(), sent, forms: halfFilled.map((form) => [nameOf(form), read(form)]) }
  stored((storage) => storage.setItem(key(), JSON.stringify(draft)))
}

function each (use) {
  stored((storage) => {
    for (const name of Object.keys(storage).filter((name) => name.startsWith(PREFIX))) {
      use(storage, name, JSON.parse(storage.getItem(name)))
    }
  })
}

// Whoever signs out on purpose leaves nothing behind.
export function forget () {
  each((storage, name) => storage.removeItem(name))
}

export function putBack () {
  const person = who()
  let found = false
  each((storage, name, draft) => {
    const late = Date.now() - draft.at > LONGEST
    // A page for a person who is signed in follows: what was sent has arrived.
    const arrived = draft.sent && person
    const anothers = person && draft.who !== person
    // Then the server has shown itself what was typed.
    const shown = name === key() && isRefused()
    if (late || arrived || anothers || shown) {
      storage.removeItem(name)
      return
    }
    if (!person) {
      // Asked to sign in, or told of a fault: it has not arrived.
      if (draft.sent) storage.setItem(name, JSON.stringify({ ...draft, sent: false }))
      return
    }
    if (draft.where !== where()) return
    const rest = draft.forms.filter(([form, values]) => {
      const here = forms().find((one) => nameOf(one) === form)
      if (here) write(here, values)
      return !here
    })
    if (rest.length === draft.forms.length) return
    found = true
    if (rest.length === 0) storage.removeItem(name)
    else storage.setItem(name, JSON.stringify({ ...draft, forms: rest }))
  })
  if (found) tell()
}

function tell () {
  const notice = document.getElementById('put-back')?.content.firstElementChild?.cloneNode(true)
  if (!notice) return
  notice.tabIndex = -1
  document.getElementById('main-content').prepend(notice)
  notice.focus()
}

export function watchForms () {
  document.addEventListener('submit', (event) => {
    if (event.target.getAttribute('action') === '/sign-out') {
      forget()
    } else if (event.target.matches('form[data-draft]')) {
      keep(true)
    }
  })
}
