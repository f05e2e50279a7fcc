// A provider's week as payments: at a council of scheduled payments with a browser as it comes, at one of provisional
// invoices with the script switched off. From sign-in to the receipt, and what comes after it.
import { check, expect, signIn, signInPlainly, test } from './support/test.js'

const SCHEDULED = 'administrator@amberley-home-help.example'
const INVOICES = 'administrator@fieldfare-care.example'

const heading = (page) => page.getByRole('heading', { level: 1 })
const press = (page, name) => page.getByRole('button', { name, exact: true }).click()

/** Where the payments of whoever is signed in are, at a council. */
async function payments (page, council) {
  const home = await (await page.request.get('/')).text()
  return `/organisations/${home.match(/org_[0-9a-f]{32}/)[0]}/councils/${council}/payments`
}

/** Opens the earliest week that waits. */
async function earliest (page) {
  const waiting = page.getByRole('table', { name: 'Waiting for you' })
  await waiting.getByRole('link').first().click()
}

test('scheduled payments: the plan is accepted, a week is confirmed, and a payment that is wrong is rejected', async ({ page }) => {
  await signIn(page, SCHEDULED)
  const home = await payments(page, 'bradford')
  await page.goto(home)
  await expect(heading(page)).toHaveText('Scheduled payments')
  await check(page)
  await earliest(page)
  await expect(heading(page)).toContainText('Scheduled payment, ')
  await check(page)
  await page.getByRole('tab', { name: /^Non-Payable/ }).click()
  await check(page)

  // nothing is ticked, and nothing happens
  await press(page, 'Confirm those ticked')
  await expect(page).toHaveTitle(/^Error: /)
  await expect(page.getByText('Select the claims that you mean').first()).toBeVisible()
  await check(page)

  await page.getByLabel('All', { exact: true }).check()
  await press(page, 'Accept the plan for those ticked')
  await expect(page.getByText('The plan is your statement of what was delivered')).toBeVisible()
  await check(page)
  await page.getByLabel('Comment', { exact: true }).fill('Checked against the rota')
  await press(page, 'Confirm all that are open')
  await expect(page.getByText('You have confirmed what you chose')).toBeVisible()
  await check(page)
  await page.getByRole('link', { name: 'Receipt of what is confirmed' }).click()
  await expect(page.getByText('Checked against the rota').first()).toBeVisible()
  await check(page)
  await page.goBack()

  await page.getByRole('button', { name: /^Take back confirmation/ }).first().click()
  await expect(page.getByText('It is open again')).toBeVisible()
  await page.getByRole('checkbox', { name: /^Select / }).first().check()
  await press(page, 'Reject those ticked')
  await expect(page.getByText('Enter what is wrong').first()).toBeVisible()
  await page.getByLabel('Comment', { exact: true }).fill('The rate is the one of last year')
  await press(page, 'Reject those ticked')
  await expect(page.getByText('You have rejected what you chose')).toBeVisible()
  await expect(page.getByText('Rejected by you')).toBeVisible()
  await check(page)

  await page.goto(`${home}/pending`)
  await check(page)
  await page.goto(`${home}/reports`)
  await check(page)
  for (const report of ['commissioned-v-actuals', 'payments', 'ageing', 'late-payment']) {
    await page.goto(`${home}/reports/${report}`)
    await check(page)
  }
})

test('provisional invoices, without script: a week is requested, verified with the statement, and un-verified', async ({ browser, baseURL }) => {
  const context = await browser.newContext({ baseURL, javaScriptEnabled: false })
  const page = await context.newPage()
  await signInPlainly(page, INVOICES)
  const home = await payments(page, 'fenmere')
  await page.goto(home)
  await expect(heading(page)).toHaveText('Payment schedules')

  await page.getByRole('link', { name: 'Request payments' }).click()
  await page.getByRole('link', { name: 'Select all' }).click()
  const yesterday = new Date(Date.now() - 86_400_000)
  await page.getByLabel('Day', { exact: true }).fill(String(yesterday.getUTCDate()))
  await page.getByLabel('Month', { exact: true }).fill(String(yesterday.getUTCMonth() + 1))
  await page.getByLabel('Year', { exact: true }).fill(String(yesterday.getUTCFullYear()))
  await press(page, 'Request payments')
  await expect(heading(page)).toContainText('Payments requested up to')
  await expect(async () => {
    await page.reload()
    await expect(page.getByText(/^Done: /)).toBeVisible({ timeout: 500 })
  }).toPass({ timeout: 30_000 })

  await page.goto(`${home}?state=open`)
  await page.goto(home)
  await earliest(page)
  await page.getByRole('link', { name: 'Select all' }).click()
  await press(page, 'Accept the plan for those ticked')
  await expect(page.getByText('The plan is your statement of what was delivered')).toBeVisible()
  await press(page, 'Verify all that are open')
  await expect(page).toHaveTitle(/^Error: /)
  await expect(page.getByText('Tick the box if the statement is true').first()).toBeVisible()
  await page.getByRole('checkbox', { name: /^I verify/ }).check()
  await press(page, 'Verify all that are open')
  await expect(page.getByText('You have verified what you chose')).toBeVisible()
  await page.getByRole('button', { name: /^Un-verify/ }).first().click()
  await expect(page.getByText('It is open again')).toBeVisible()
  await page.getByRole('link', { name: /^Recalculate/ }).click()
  await expect(heading(page)).toHaveText('Recalculate')
  await context.close()
})

test('a remittance is a page, a workbook and a tagged PDF', async ({ page }) => {
  await signIn(page, SCHEDULED)
  const remittances = (await payments(page, 'bradford')).replace(/payments$/, 'remittances')
  await page.goto(remittances)
  await check(page)
  const row = page.getByRole('row').nth(1)
  const number = await row.getByRole('link').first().innerText()
  const pdf = await page.request.get(`${remittances}/${number}/pdf`)
  expect(pdf.headers()['content-type']).toBe('application/pdf')
  const bytes = (await pdf.body()).toString('latin1')
  expect(bytes.startsWith('%PDF-1.7')).toBe(true)
  expect(bytes).toContain('/StructTreeRoot')
  expect((await (await page.request.get(`${remittances}/${number}/xlsx`)).body()).toString('latin1', 0, 2)).toBe('PK')
  await row.getByRole('link').first().click()
  await expect(heading(page)).toHaveText(`Remittance ${number}`)
  await check(page)
})
