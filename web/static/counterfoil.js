// Adds to pages what only a browser can: GOV.UK's behaviour of components, a warning before the session ends,
// and what was typed put back afterwards. Every page works without it.
import { initAll } from './govuk-frontend.min.js'
import { putBack, watchForms } from './drafts.js'
import { listen } from './events.js'
import { watchTime } from './timeout.js'

// Before GOV.UK's components look at their inputs.
putBack()
document.body.classList.add('js-enabled', 'govuk-frontend-supported')
initAll()

watchForms()
watchTime()
listen()
