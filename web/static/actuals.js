// Prices a claim's form while somebody types: sends it as it would be saved, and puts what comes back into its places.
// Nothing is stored. Also keeps a visit's tick and its reason from contradicting each other. The form works without it.

const PAUSE = 350
const NO_ANSWER = 'The price could not be worked out just now. What you typed is still here.'

const form = document.getElementById('actuals-form')

// What is explained may be in another language than the page, and says so.
function parts ({ before = '', words, language, after = '' }) {
  if (language === 'en') return [before + words + after]
  const explained = document.createElement('span')
  explained.lang = language
  explained.textContent = words
  return [before, explained, after]
}

function show ({ values = {}, findings = [], problem = null }) {
  for (const place of document.querySelectorAll('[data-live]')) {
    place.textContent = values[place.dataset.live] || '–'
  }
  const said = form.querySelector('[data-problem]')
  said.replaceChildren(...(problem ? parts(problem) : []))
  said.hidden = !problem
  const list = form.querySelector('[data-findings]')
  list.replaceChildren(...findings.map((finding) => {
    const item = document.createElement('li')
    item.append(...parts(finding))
    return item
  }))
  list.hidden = findings.length === 0
  const spoken = form.querySelector('[data-spoken]')
  spoken.replaceChildren(...(problem ? parts(problem) : [`Claimed ${values['total-claimed']}, payable ${values['total-payable']}`]))
}

let asked

async function price () {
  asked?.abort()
  const own = asked = new AbortController()
  const fields = new URLSearchParams(new FormData(form))
  const token = fields.get('csrf')
  fields.delete('csrf')
  try {
    const response = await fetch(`${form.getAttribute('action')}/price`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json', 'x-csrf-token': token },
      body: JSON.stringify({ form: fields.toString() }),
      signal: own.signal
    })
    if (!response.ok) throw new Error(response.status)
    const answer = await response.json()
    if (asked === own) show(answer)
  } catch (error) {
    if (error.name !== 'AbortError' && asked === own) show({ problem: { words: NO_ANSWER, language: 'en' } })
  }
}

let waiting

function later () {
  clearTimeout(waiting)
  waiting = setTimeout(price, PAUSE)
}

// A reason for which a visit did not take place unticks it; ticking it takes such a reason back.
function agree (control) {
  const visit = control.closest('.counterfoil-visit')
  const done = visit?.querySelector('input[type=checkbox]')
  const reason = visit?.querySelector('select[name$="-reason"]')
  if (!done || !reason) return
  const kind = reason.selectedOptions[0]?.parentElement?.label
  const isAbsence = kind === 'Frustrated' || kind === 'Missed by you'
  if (control === reason && isAbsence) done.checked = false
  if (control === done && done.checked && isAbsence) reason.value = ''
}

if (form) {
  form.querySelector('.counterfoil-price').hidden = true
  form.addEventListener('input', later)
  form.addEventListener('change', (event) => {
    agree(event.target)
    later()
  })
}
