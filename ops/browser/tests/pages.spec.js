// Every page that the router lists, looked over at both widths: a page that no story visits cannot be forgotten. Each is
// opened by the first kind of person who may see it.
import { check, expect, test } from './support/test.js'
import { everybody, fill, PEOPLE, routes, standing, theirOwn } from './support/routes.js'

/** What a page may weigh, images apart: bytes. */
const HEAVIEST = 100_000

/** Addresses that are no pages. */
const NO_PAGES = ['/events', '/sign-in/returned', '/session/left']

/** Files, and pages that are there only on the way of a story, which looks at them. */
const ELSEWHERE = [
  '/calendar-feed/{token}',
  '/councils/{council}/adjustments/{adjustment}',
  '/councils/{council}/audit/export',
  '/councils/{council}/audit/export.csv',
  '/councils/{council}/claims/{claim}/attachments/{attachment}',
  '/councils/{council}/disputes/file/{form}',
  '/councils/{council}/documents/new',
  '/councils/{council}/documents/{document}',
  '/councils/{council}/documents/{document}/file/{version}',
  '/councils/{council}/documents/{document}/new-version',
  '/councils/{council}/invoices/csv',
  '/councils/{council}/invoices/{invoice}',
  '/councils/{council}/logo/{version}',
  '/councils/{council}/payment-files/{file}',
  '/councils/{council}/queries/{query}',
  '/councils/{council}/rules/{digest}/component',
  '/councils/{council}/rules/{digest}/trials/{trial}',
  '/councils/{council}/rules/{digest}/trials/{trial}/events',
  '/councils/{council}/rules/{digest}/trials/{trial}/lines',
  '/councils/{council}/rules/{digest}/trials/{trial}/{report}/file/{form}',
  '/councils/{council}/settings/notices/{notice}',
  '/councils/{council}/settings/teams/{team}',
  '/enrol/recovery-codes',
  '/invitations/{council}/{invitation}',
  '/link/{token}',
  '/organisations/{organisation}/councils/{council}/actuals-file/{upload}',
  '/organisations/{organisation}/councils/{council}/actuals-file/{upload}/progress',
  '/organisations/{organisation}/councils/{council}/actuals-file/{upload}/rejects',
  '/organisations/{organisation}/councils/{council}/adjustments/new',
  '/organisations/{organisation}/councils/{council}/adjustments/{adjustment}',
  '/organisations/{organisation}/councils/{council}/calendars/billing/{billing}/csv',
  '/organisations/{organisation}/councils/{council}/calendars/billing/{billing}/ics',
  '/organisations/{organisation}/councils/{council}/calendars/{schedule}/csv',
  '/organisations/{organisation}/councils/{council}/calendars/{schedule}/ics',
  '/organisations/{organisation}/councils/{council}/claims/{claim}/attachments/{attachment}',
  '/organisations/{organisation}/councils/{council}/claims/{claim}/confirm',
  '/organisations/{organisation}/councils/{council}/disputes/file/{form}',
  '/organisations/{organisation}/councils/{council}/documents/{document}',
  '/organisations/{organisation}/councils/{council}/documents/{document}/file/{version}',
  '/organisations/{organisation}/councils/{council}/invoices/csv',
  '/organisations/{organisation}/councils/{council}/invoices/{invoice}',
  '/organisations/{organisation}/councils/{council}/payments/reports/{report}/{form}',
  '/organisations/{organisation}/councils/{council}/payments/request/{request}',
  '/organisations/{organisation}/councils/{council}/payments/request/{request}/events',
  '/organisations/{organisation}/councils/{council}/payments/{contract}/{week}/receipt',
  '/organisations/{organisation}/councils/{council}/queries/{query}',
  '/organisations/{organisation}/councils/{council}/remittances/{number}/csv',
  '/organisations/{organisation}/councils/{council}/remittances/{number}/html',
  '/organisations/{organisation}/councils/{council}/remittances/{number}/pdf',
  '/organisations/{organisation}/councils/{council}/remittances/{number}/xlsx',
  '/organisations/{organisation}/councils/{council}/timesheets/{week}',
  '/organisations/{organisation}/councils/{council}/timesheets/{week}/{claim}',
  '/sign-in/council/{council}',
  '/sign-in/recovery-code',
  '/sign-in/second-factor'
]

/** What pages are asked for that are about nothing without it. */
const ABOUT = { '/councils/{council}/rules/settings/change': '?setting=rounding' }

/** The first who may see a page, with what they have. */
async function openedBy (route, asked, own) {
  for (const [name, who] of Object.entries(PEOPLE)) {
    if (!standing(route, who).mayDo) continue
    const path = fill(route.path, own) + (ABOUT[route.path] ?? '')
    const response = await asked[name].get(path, { maxRedirects: 0, failOnStatusCode: false })
    const { 'content-type': kind = '', 'content-disposition': use = '' } = response.headers()
    const isPage = kind.startsWith('text/html') && !use.startsWith('attachment')
    if (response.status() === 200 && isPage) return { name, path, body: await response.body() }
  }
  return null
}

test('every page is clean at both widths and light', async ({ browser, playwright, baseURL }) => {
  test.setTimeout(600_000)
  const asked = await everybody(playwright, baseURL)
  const own = await theirOwn(asked)
  const contexts = {}
  const notOpened = []
  const faults = []
  let looked = 0
  for (const route of routes) {
    if (route.method !== 'GET' || route.path.startsWith('/api/') || NO_PAGES.includes(route.path)) continue
    const opened = await openedBy(route, asked, own)
    if (!opened) {
      notOpened.push(route.path)
      continue
    }
    if (opened.body.length > HEAVIEST) faults.push(`${opened.path} weighs ${opened.body.length} bytes`)
    contexts[opened.name] ??= await browser.newContext({ storageState: await asked[opened.name].storageState() })
    const page = await contexts[opened.name].newPage()
    await page.goto(opened.path)
    await check(page).catch((error) => faults.push(error.message))
    await page.close()
    looked++
  }
  for (const context of Object.values(contexts)) await context.close()
  console.log(`${looked} pages looked at`)
  expect.soft(notOpened.sort(), 'files, and pages of stories').toEqual(ELSEWHERE)
  expect(faults.join('\n')).toBe('')
})
