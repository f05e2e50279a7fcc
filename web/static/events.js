// Listens to what the service has to say to an open page. So far that is one thing: this person is signed out.
import { keep } from './drafts.js'

const FIRST_WAIT = 2000
const LONGEST_WAIT = 60_000
// What a form does may well end this very session, and its answer says so better than the stream could.
const FORM_WAIT = 5000

export function listen () {
  if (document.body.dataset.events === undefined || typeof EventSource !== 'function') return
  let wait = FIRST_WAIT
  connect()

  function connect () {
    const events = new EventSource('/events')
    events.addEventListener('open', () => { wait = FIRST_WAIT })
    events.addEventListener('signed-out', () => {
      events.close()
      keep()
      location.assign('/sign-in?ended=access')
    })
    // A browser comes back by itself when the line breaks, but not after an answer that is no stream, as
    // while the service restarts.
    events.addEventListener('error', () => {
      if (events.readyState !== EventSource.CLOSED) return
      setTimeout(connect, wait)
      wait = Math.min(wait * 2, LONGEST_WAIT)
    })
    window.addEventListener('pagehide', () => events.close(), { once: true })
    document.addEventListener('submit', (submitted) => {
      if (submitted.defaultPrevented) return
      events.close()
      setTimeout(connect, FORM_WAIT)
    }, { once: true })
  }
}
