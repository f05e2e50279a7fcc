// A shared lives carer on a telephone: a timesheet of four weeks, week by week and person by person, by touch; then the
// same without script.
import { check, expect, test } from './support/test.js'
import { entered } from './support/enter.js'

const CARER = 'administrator@t-ridley-shared-lives.example'
const OTHER = 'administrator@j-armstrong-shared-lives.example'
const PHONE = { viewport: { width: 320, height: 568 }, hasTouch: true, isMobile: true }

/** The smallest that a thumb hits, in pixels. */
const THUMB = 44

/** A telephone on which somebody is signed in. */
async function phone (browser, request, options = {}) {
  const context = await browser.newContext({ baseURL: process.env.COUNTERFOIL_URL, ...PHONE, ...options })
  await context.addCookies((await request.storageState()).cookies)
  return context.newPage()
}

/** Everything to touch in the page is large enough, and nothing is wider than the screen. */
async function fitsAThumb (page) {
  for (const [width, height] of [[320, 568], [390, 844]]) {
    await page.setViewportSize({ width, height })
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
    expect(overflow, `pixels wider than the screen: ${page.url()}`).toBeLessThanOrEqual(0)
    const small = await page.locator('.counterfoil-sheet').evaluate((sheet, least) => {
      const touched = [...sheet.querySelectorAll('a, button, select, input:not([type=hidden]):not([type=radio]), label.counterfoil-answer__choice')]
      const seen = touched.filter((one) => one.checkVisibility() && (one.tabIndex !== -1 || one.matches('label')))
      const sizes = seen.map((one) => [one.textContent.trim() || one.name, one.getBoundingClientRect().height])
      return sizes.filter(([, tall]) => tall < least)
    }, THUMB)
    expect(small, `too small for a thumb at ${width}`).toEqual([])
  }
  await page.setViewportSize(PHONE.viewport)
}

const figure = (page, place) => page.locator(`[data-live="${place}"]`)
const heading = (page) => page.getByRole('heading', { level: 1 })

/** A day's card. */
const card = (page, place) => page.locator('fieldset.counterfoil-answer').nth(place)

/** Goes from what waits to the oldest timesheet that can be entered. */
async function toTheTimesheet (page) {
  await page.goto('/')
  const task = page.getByRole('link', { name: /^Timesheet for/ }).first()
  await expect(task).toBeVisible()
  await task.tap()
  await expect(heading(page)).toContainText('Timesheet, ')
}

test('a carer enters four weeks for each of their people by touch, and sends them', async ({ browser, playwright, baseURL }) => {
  const request = await entered(playwright, baseURL, CARER)
  const page = await phone(browser, request)
  await toTheTimesheet(page)
  const sheet = new URL(page.url()).pathname
  await check(page)
  await fitsAThumb(page)
  await page.screenshot({ path: `${process.env.COUNTERFOIL_PICTURES}/timesheet-320.png`, fullPage: true })
  const people = await page.locator('.counterfoil-sheet__person').count()
  expect(people).toBeGreaterThan(0)

  await page.getByRole('button', { name: /^Enter/ }).first().tap()
  await expect(page.getByText('Week 1 of 4')).toBeVisible()
  await check(page)
  await fitsAThumb(page)
  const planned = await figure(page, 'total-payable').innerText()
  // one night in hospital: one touch, and one choice
  await card(page, 2).getByText('Away', { exact: true }).tap()
  await card(page, 2).getByLabel('Why').selectOption({ label: 'In hospital' })
  await page.getByLabel(/^Comment/).fill('In hospital for a night')
  await expect(page.locator('[data-problem]')).toBeHidden()
  await expect(figure(page, 'sheet-payable')).toHaveText(/^£/)
  await page.screenshot({ path: `${process.env.COUNTERFOIL_PICTURES}/timesheet-week-320.png`, fullPage: true })
  await page.getByRole('button', { name: 'Save, next week' }).tap()
  await expect(page.getByText('Week 2 of 4')).toBeVisible()
  // the week after was the same; then it was not
  await page.getByRole('button', { name: 'Same as last week' }).tap()
  await expect(card(page, 2).getByRole('radio', { name: 'Away' })).toBeChecked()
  await page.getByRole('button', { name: 'Same as the plan' }).tap()
  await expect(card(page, 2).getByRole('radio', { name: 'With me' })).toBeChecked()
  await page.getByRole('button', { name: 'Save, next week' }).tap()
  await expect(page.getByText('Week 3 of 4')).toBeVisible()
  await page.getByRole('button', { name: 'Save, next week' }).tap()
  await expect(page.getByText('Week 4 of 4')).toBeVisible()
  await page.getByRole('button', { name: /^Save, next person|^Save and check/ }).tap()
  await expect(page.getByText('Week 4 of 4')).toBeHidden()
  await page.goto(sheet)
  await expect(page.getByText('1 night away: In hospital')).toBeVisible()
  for (let left = people - 1; left > 0; left--) {
    const waiting = page.getByRole('button', { name: /^All as planned/ })
    await expect(waiting).toHaveCount(left)
    await waiting.first().tap()
    await expect(page.getByText('Saved', { exact: true }).first()).toBeVisible()
    await page.goto(sheet)
  }
  await expect(page.getByRole('button', { name: /^All as planned/ })).toHaveCount(0)
  expect(planned).toMatch(/^£/)
  await check(page)
  await fitsAThumb(page)
  await page.getByLabel('Your name').fill('')
  await page.getByRole('button', { name: 'Send timesheet' }).tap()
  await expect(page.getByRole('link', { name: 'Enter your name' })).toBeVisible()
  await check(page)
  await page.getByLabel('Your name').fill('T. Ridley')
  await page.getByRole('button', { name: 'Send timesheet' }).tap()
  await expect(heading(page)).toHaveText('Timesheet sent')
  await expect(page.getByText('Your references')).toBeVisible()
  await expect(page.getByText('Paid on')).toBeVisible()
  await check(page)
  await fitsAThumb(page)
  await page.screenshot({ path: `${process.env.COUNTERFOIL_PICTURES}/timesheet-sent-320.png`, fullPage: true })
  // history, nothing hidden
  await page.getByRole('link', { name: 'Timesheets' }).tap()
  await check(page)
  await expect(page.getByText('Paid', { exact: true }).first()).toBeVisible()
})

test('the price follows each touch, and two telephones lose nothing', async ({ browser, playwright, baseURL }) => {
  const request = await entered(playwright, baseURL, OTHER)
  const [page, other] = [await phone(browser, request), await phone(browser, request)]
  await toTheTimesheet(page)
  await page.getByRole('button', { name: /^Enter/ }).first().tap()
  await expect(page.getByText('Week 1 of 4')).toBeVisible()
  await other.goto(page.url())
  const before = await figure(page, 'total-payable').innerText()
  await card(page, 0).getByText('Away', { exact: true }).tap()
  await expect(page.locator('[data-problem]')).toHaveText(/choose why care was frustrated/)
  await card(page, 0).getByLabel('Why').selectOption({ label: 'No carer was available' })
  await page.getByLabel(/^Comment/).fill('Away at a wedding')
  await expect(figure(page, 'total-payable')).not.toHaveText('–')
  await expect(figure(page, 'total-payable')).not.toHaveText(before)
  await page.getByRole('button', { name: 'Save, next week' }).tap()
  await expect(page.getByText('Week 2 of 4')).toBeVisible()

  await card(other, 3).getByText('Away', { exact: true }).tap()
  await card(other, 3).getByLabel('Why').selectOption({ label: 'In hospital' })
  await other.getByLabel(/^Comment/).fill('In hospital on Thursday')
  await other.getByRole('button', { name: 'Save, next week' }).tap()
  await expect(other.getByText('Somebody else saved this claim')).toBeVisible()
  await expect(other.getByText('Comment: Away at a wedding')).toBeVisible()
  await expect(card(other, 3).getByRole('radio', { name: 'Away' })).toBeChecked()
  await check(other)
  await other.getByRole('button', { name: 'Save mine over theirs' }).tap()
  await expect(other.getByText('Week 2 of 4')).toBeVisible()
})

test('the same without any script', async ({ browser, playwright, baseURL }) => {
  const request = await entered(playwright, baseURL, OTHER)
  const page = await phone(browser, request, { javaScriptEnabled: false })
  // the second of the periods that are over
  await page.goto('/')
  const tasks = page.getByRole('link', { name: /^Timesheet for/ })
  await tasks.nth(1).tap()
  await expect(heading(page)).toContainText('Timesheet, ')
  const sheet = new URL(page.url()).pathname
  await page.getByRole('button', { name: /^Enter/ }).first().tap()
  await expect(page.getByText('Week 1 of 4')).toBeVisible()
  const person = (await heading(page).innerText()).split(',')[0]
  await card(page, 1).getByText('Away', { exact: true }).tap()
  await page.getByRole('button', { name: 'Work out the pay' }).tap()
  await expect(page.getByRole('link', { name: /choose why care was frustrated/ })).toBeVisible()
  await card(page, 1).getByLabel('Why').selectOption({ label: 'In hospital' })
  await page.getByLabel(/^Comment/).fill('In hospital for a night')
  await page.getByRole('button', { name: 'Work out the pay' }).tap()
  await expect(card(page, 1).getByRole('radio', { name: 'Away' })).toBeChecked()
  const payable = await figure(page, 'total-payable').innerText()
  expect(payable).toMatch(/^£/)
  for (let week = 1; week < 4; week++) {
    await expect(page.getByText(`Week ${week} of 4`)).toBeVisible()
    await page.getByRole('button', { name: 'Save, next week' }).tap()
  }
  await expect(page.getByText('Week 4 of 4')).toBeVisible()
  await page.getByRole('button', { name: /^Save, next person|^Save and check/ }).tap()
  await expect(page.getByText('Week 4 of 4')).toBeHidden()
  await page.goto(sheet)
  const own = page.locator('.counterfoil-sheet__person', { hasText: person })
  await expect(own.getByText(`${payable} will be paid`)).toBeVisible()
  await page.getByRole('button', { name: 'Send timesheet' }).tap()
  await expect(page.getByText(/^Sent$/).first()).toBeVisible()
})
