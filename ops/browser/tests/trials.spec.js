// A council's administrator tries another value of a setting on four past weeks: what is wrong with the form is said, the page
// follows the work, and the pence on the page are those of the lines and of the files.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { check, expect, signIn, test } from './support/test.js'
import { press } from './support/keyboard.js'
import { rowsOf } from './support/csv.js'
import { entered } from './support/enter.js'

const DESK = '/councils/bradford'
const ADMINISTRATOR = 'systems@bradford.example'
const OFFICER = 'finance@bradford.example'
/** The rule that the council pays by. */
const RULE = createHash('sha256')
  .update(readFileSync(new URL('../../../rule-plugins/councils/standard/standard.wasm', import.meta.url))).digest('hex')

const pence = (pounds) => Math.round(Number(pounds.replaceAll(/[£,]/g, '')) * 100)

test('a setting is tried on four past weeks and its pence add up', async ({ page, playwright, baseURL }) => {
  const trials = `${DESK}/rules/${RULE}/trials`
  await signIn(page, ADMINISTRATOR)
  await page.goto(trials)
  await check(page)

  await page.getByLabel('Value').fill('never')
  await press(page, 'Start the trial')
  await expect(page).toHaveTitle(/^Error: /)
  await expect(page.getByLabel('Value')).toHaveValue('never')
  await check(page)

  // the newest weeks are open still: the ones before them were played
  const weeks = page.getByRole('group').first().getByRole('checkbox')
  const past = (await weeks.count()) - 6
  for (let week = past; week < past + 4; week++) await weeks.nth(week).check()
  await page.getByLabel('Setting', { exact: true }).selectOption('extras')
  await press(page, 'Start the trial')
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(/^Trial of standard/)
  await expect(page.getByText('Finished', { exact: true })).toBeVisible({ timeout: 120_000 })
  await check(page)

  const trial = page.url().replace(/\?.*/, '')
  const total = (name) => page.locator('.govuk-summary-list__row', { hasText: name }).last().locator('dd').innerText()
  const difference = pence(await total('Difference'))
  expect(difference, 'extras were paid in these weeks').toBeLessThan(0)
  expect(await total('Claims on which the version failed')).toBe('0')

  for (const report of ['contracts', 'lines']) {
    const file = await page.context().request.get(`${trial}/${report}/file/csv`)
    const [headings, ...rows] = rowsOf(await file.text())
    const column = headings.indexOf('Difference')
    expect(rows.reduce((sum, row) => sum + pence(row[column]), 0), report).toBe(difference)
  }

  await page.getByRole('link', { name: 'See the lines that differ' }).click()
  await check(page)
  await page.getByLabel('Show').selectOption('failed')
  await press(page, 'Apply filters')
  await expect(page.getByText('No lines match these filters')).toBeVisible()

  const officer = await entered(playwright, baseURL, OFFICER)
  expect((await officer.get(trial)).status()).toBe(403)
})

test('a page without scripts says how far a trial is', async ({ browser, playwright, baseURL }) => {
  const administrator = await entered(playwright, baseURL, ADMINISTRATOR)
  const context = await browser.newContext({ baseURL, javaScriptEnabled: false })
  await context.addCookies((await administrator.storageState()).cookies)
  const page = await context.newPage()
  await page.goto(`${DESK}/rules/${RULE}/trials`)
  await page.getByRole('group').first().getByRole('checkbox').first().check()
  await page.getByRole('button', { name: 'Start the trial' }).click()
  await expect(page.getByText('The trial is started').or(page.getByText('Finished', { exact: true }))).toBeVisible()
  await expect(async () => {
    await page.reload()
    await expect(page.getByText('Finished', { exact: true })).toBeVisible({ timeout: 1_000 })
  }).toPass({ timeout: 120_000 })
  await context.close()
})
