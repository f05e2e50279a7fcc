// How far something is that was begun from this page: the service says, and the page is loaded again once it is done.
const shown = document.querySelector('[data-progress]')
if (shown && typeof EventSource === 'function') {
  const bar = shown.querySelector('progress')
  const words = shown.querySelector('[data-progress-words]')
  const events = new EventSource(shown.dataset.progress)
  const load = () => {
    events.close()
    location.replace(shown.dataset.finished)
  }
  events.addEventListener('progress', ({ data }) => {
    const [done, of] = data.split(' ').map(Number)
    bar.max = of
    bar.value = done
    words.textContent = `${done.toLocaleString('en-GB')} of ${of.toLocaleString('en-GB')} ${shown.dataset.counted}`
  })
  events.addEventListener('finished', load)
  events.addEventListener('signed-out', () => events.close())
  // an event may get lost, and a line may break: the page itself knows how far it is
  const again = setInterval(() => {
    if (bar.value >= bar.max || events.readyState === EventSource.CLOSED) load()
  }, 5000)
  setTimeout(load, 20_000)
  window.addEventListener('pagehide', () => {
    clearInterval(again)
    events.close()
  }, { once: true })
}
