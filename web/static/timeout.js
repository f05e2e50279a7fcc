// Warns before the session ends, and leaves the page when it has ended, with what was typed kept.
//
// Another tab that is used keeps the session alive for all of them: tabs tell one another until when. Time is
// that of the clock, since timers stand still while a computer sleeps.
import { anythingTyped, keep, pagePath } from './drafts.js'

const WARNING = 5 * 60

export function watchTime () {
  const { idleSeconds, absoluteSeconds, csrf } = document.body.dataset
  const dialog = document.getElementById('timeout')
  if (!idleSeconds || !dialog?.showModal) return

  const find = (name) => dialog.querySelector(`[data-${name}]`)
  const seconds = (count) => count * 1000
  let idleUntil = Date.now() + seconds(Number(idleSeconds))
  let absoluteUntil = Date.now() + seconds(Number(absoluteSeconds))
  // A session of a few minutes warns when half of it is over.
  const warning = seconds(Math.min(WARNING, Number(idleSeconds) / 2))
  const title = document.title
  let carryingOn = false
  let asking = false
  let left = false

  const tabs = typeof BroadcastChannel === 'function' ? new BroadcastChannel('counterfoil-session') : null
  const tellTabs = () => tabs?.postMessage({ idleUntil, absoluteUntil })
  tabs?.addEventListener('message', ({ data }) => {
    idleUntil = Math.max(idleUntil, Number(data.idleUntil) || 0)
    absoluteUntil = Math.max(absoluteUntil, Number(data.absoluteUntil) || 0)
    look()
  })
  tellTabs()

  // Time is up by this page's reckoning. A tab that could not tell may
  // have kept the session alive: the server knows.
  async function ask () {
    if (left || asking) return
    asking = true
    try {
      const answer = await fetch('/session/left', { headers: { accept: 'application/json' }, redirect: 'manual' })
      if (answer.ok) adopt(await answer.json())
    } catch {
      // Without an answer the page goes by its own reckoning.
    }
    asking = false
    if (Date.now() >= Math.min(idleUntil, absoluteUntil)) leave()
  }

  function adopt (times) {
    idleUntil = Date.now() + seconds(times.idle_seconds)
    absoluteUntil = Date.now() + seconds(times.absolute_seconds)
    tellTabs()
    look()
  }

  function leave () {
    if (left) return
    left = true
    keep()
    const next = pagePath() + (pagePath() === location.pathname ? location.search : '')
    const why = absoluteUntil < idleUntil ? 'absolute' : 'idle'
    location.assign(`/sign-in?ended=${why}&next=${encodeURIComponent(next)}`)
  }

  function look () {
    const now = Date.now()
    const until = Math.min(idleUntil, absoluteUntil)
    if (now >= until) {
      ask()
    } else if (now < until - warning) {
      carryingOn = false
      close()
    } else if (!carryingOn) {
      open(absoluteUntil <= idleUntil)
      count(Math.ceil((until - now) / 1000))
    }
  }

  function open (isAbsolute) {
    find('idle-words').hidden = isAbsolute
    find('stay').hidden = isAbsolute
    find('absolute-words').hidden = !isAbsolute
    find('carry-on').hidden = !isAbsolute
    if (dialog.open) return
    find('kept').hidden = !anythingTyped()
    find('trouble').hidden = true
    dialog.showModal()
    document.title = `You are about to be signed out - ${title}`
  }

  function close () {
    if (!dialog.open) return
    dialog.close()
    document.title = title
  }

  function count (secondsLeft) {
    const minutes = Math.ceil(secondsLeft / 60)
    const [number, unit] = secondsLeft > 60 ? [minutes, 'minute'] : [secondsLeft, 'second']
    const words = `in ${number} ${unit}${number === 1 ? '' : 's'}`
    for (const place of dialog.querySelectorAll('[data-left]')) place.textContent = words
    // Spoken at each minute, and every 20 seconds of the last one.
    if (secondsLeft > 60 || secondsLeft % 20 === 0) {
      const spoken = find('left-spoken')
      const sentence = `We sign you out ${words}.`
      if (spoken.textContent !== sentence) spoken.textContent = sentence
    }
  }

  async function stay () {
    if (absoluteUntil <= idleUntil) {
      carryOn()
      return
    }
    find('trouble').hidden = true
    try {
      const answer = await fetch('/session/stay', {
        method: 'POST',
        headers: { 'x-csrf-token': csrf ?? '', accept: 'application/json' },
        redirect: 'manual',
        cache: 'no-store'
      })
      if (answer.ok) {
        adopt(await answer.json())
      } else if (answer.status >= 500) {
        find('trouble').hidden = false
      } else {
        // The session is over, or it is another's.
        leave()
      }
    } catch {
      find('trouble').hidden = false
    }
  }

  function carryOn () {
    carryingOn = true
    close()
  }

  find('stay').addEventListener('click', stay)
  find('carry-on').addEventListener('click', carryOn)
  dialog.addEventListener('cancel', (event) => {
    event.preventDefault()
    stay()
  })
  document.addEventListener('visibilitychange', look)
  window.addEventListener('pageshow', look)
  setInterval(look, 1000)
  look()
}
