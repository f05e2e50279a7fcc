// Shows how far a request is, while it is being worked on. Without it the page says to reload.
const bar = document.querySelector('[data-progress]')
if (bar && typeof EventSource === 'function') {
  const words = document.querySelector('[data-progress-words]')
  const events = new EventSource(bar.dataset.progress)
  events.addEventListener('progress', (event) => {
    const { done, of } = JSON.parse(event.data)
    bar.max = of
    bar.value = done
    words.textContent = `${done} of ${of} done`
    if (done >= of) {
      events.close()
      location.reload()
    }
  })
  // What happened before the page listened is not told again: look once more in a while.
  setTimeout(() => location.reload(), 15_000)
  window.addEventListener('pagehide', () => events.close(), { once: true })
}
