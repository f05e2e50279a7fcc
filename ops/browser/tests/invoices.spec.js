// An invoice that a provider writes itself, at the council that takes them: a number that was used before is refused, a
// difference from the council's price is explained, it is submitted, kept as a receipt, and withdrawn. With the script
// switched off, and looked at on every page with a browser as it comes.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { check, expect, signIn, signInPlainly, test } from './support/test.js'
import { entered } from './support/enter.js'

const COUNCIL = 'south-tyneside'

const heading = (page) => page.getByRole('heading', { level: 1 })
const press = (page, name) => page.getByRole('button', { name, exact: true }).click()

/** Somebody who manages a provider whose demo invoice is there, and where its invoices are. */
async function whoInvoices (playwright, baseURL) {
  const people = readFileSync(join(process.env.COUNTERFOIL_DEMO, 'sign-in.csv'), 'utf8').trim().split('\n')
  const administrators = people.map((line) => line.split(',')[0]).filter((email) => email.startsWith('administrator@'))
  for (const email of administrators) {
    const request = await entered(playwright, baseURL, email)
    const home = await (await request.get('/')).text()
    const organisation = home.match(/org_[0-9a-f]{32}/)?.[0]
    const at = `/organisations/${organisation}/councils/${COUNCIL}/invoices`
    const list = await request.get(at, { failOnStatusCode: false })
    const found = list.status() === 200 && (await list.text()).includes('STY-2041')
    await request.dispose()
    if (found) return { email, at }
  }
  throw new Error('the demo has no invoice of a provider')
}

test('an invoice is written, checked, submitted and withdrawn, without script', async ({ browser, playwright, baseURL }) => {
  test.setTimeout(240_000)
  const { email, at } = await whoInvoices(playwright, baseURL)
  const context = await browser.newContext({ baseURL, javaScriptEnabled: false })
  const page = await context.newPage()
  await signInPlainly(page, email)
  await page.goto(at)
  await page.locator('main').getByText('Write an invoice').click()
  await page.getByLabel('Contract').selectOption({ index: 0 })
  await press(page, 'Continue')
  await page.getByRole('checkbox').first().check()
  await press(page, 'Continue')
  await expect(heading(page)).toHaveText('Write an invoice')
  const form = page.url()

  // dated today, with a number that the demo's invoice has
  const today = new Date()
  await page.getByLabel('Day', { exact: true }).fill(String(today.getUTCDate()))
  await page.getByLabel('Month', { exact: true }).fill(String(today.getUTCMonth() + 1))
  await page.getByLabel('Year', { exact: true }).fill(String(today.getUTCFullYear()))
  await page.getByLabel('Invoice number').fill('sty 2041')
  await press(page, 'Submit the invoice')
  await expect(page).toHaveTitle(/^Error: /)
  await expect(page.getByText('You have used the invoice number STY-2041 before').first()).toBeVisible()
  await expect(page.getByRole('link', { name: 'Look at invoice STY-2041' })).toBeVisible()

  // more is expected than the council's rule makes of it: both figures are shown before it can go
  await page.getByLabel('Invoice number').fill('STY-3001')
  const amount = page.getByLabel('You invoice, £').first()
  const price = await amount.inputValue()
  await amount.fill((Number(price.replaceAll(',', '')) + 1).toFixed(2))
  await press(page, 'Submit the invoice')
  await expect(page.getByText('Look at what the council’s rule makes of this now').first()).toBeVisible()
  await expect(page.getByText('You invoice £1.00 more than the council’s rule makes of it.').first()).toBeVisible()
  await press(page, 'Invoice the council’s prices instead')
  await expect(amount).toHaveValue(price)
  await expect(page.getByText('Both agree.').first()).toBeVisible()
  await press(page, 'Submit the invoice')
  await expect(page.getByText('The invoice is submitted')).toBeVisible()
  await expect(heading(page)).toHaveText('Invoice STY-3001')
  const receipt = page.url().split('?')[0]

  // what is invoiced is not offered again
  await page.goto(form)
  await expect(page.getByText('STY-3001').or(page.getByText('Which weeks do you invoice?')).or(page.getByLabel('Contract')).first()).toBeVisible()

  await page.goto(receipt)
  await press(page, 'Withdraw the invoice')
  await expect(page.getByText('Enter why you withdraw it').first()).toBeVisible()
  await page.getByLabel('Why do you withdraw it?').fill('The wrong week')
  await press(page, 'Withdraw the invoice')
  await expect(page.getByText('The invoice is withdrawn')).toBeVisible()
  await context.close()

  // the same pages with a browser as it comes
  const own = await browser.newPage({ baseURL })
  await signIn(own, email)
  for (const address of [at, `${at}/new`, form, receipt]) {
    await own.goto(address)
    await check(own)
  }
  await own.close()
})

test('the council reads invoices, and the claim leads to its invoice', async ({ page }) => {
  await signIn(page, 'finance@south-tyneside.example')
  await page.goto(`/councils/${COUNCIL}/invoices`)
  await expect(page.getByText('STY-2041')).toBeVisible()
  await check(page)
  await page.getByRole('link', { name: 'STY-2041' }).click()
  await expect(page.getByText('It asks for £2.50 more than the council’s rule makes of it.')).toBeVisible()
  await check(page)
  await page.getByRole('table', { name: 'Lines' }).getByRole('link').first().click()
  await page.getByRole('link', { name: 'STY-2041' }).click()
  await expect(heading(page)).toHaveText('Invoice STY-2041')
})

test('clients are billed by a calendar of their own', async ({ page }) => {
  await signIn(page, 'administrator@amberley-home-help.example')
  const home = await (await page.request.get('/')).text()
  const organisation = home.match(/org_[0-9a-f]{32}/)[0]
  await page.goto(`/organisations/${organisation}/councils/bradford/calendars`)
  await page.getByRole('link', { name: 'Client billing, every four weeks' }).click()
  await expect(page.getByText('Clients are billed in arrears')).toBeVisible()
  await check(page)
  expect(await (await page.request.get(`${page.url()}/csv`)).text()).toContain('Last date for actuals')
  expect(await (await page.request.get(`${page.url()}/ics`)).text()).toContain('Clients are billed for')
})
