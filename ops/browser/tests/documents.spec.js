// What a council asks its providers to agree, and what they ask it to change: documents agreed and rejected, an adjustment
// accepted in a second browser, and extras that it covers refused on the page with and without script, and in a file.
import { check, expect, signIn, test } from './support/test.js'
import { follow, press } from './support/keyboard.js'
import { rowsOf, textOf } from './support/csv.js'
import { entered } from './support/enter.js'

const COUNCIL = 'bradford'
const DESK = `/councils/${COUNCIL}`
const OFFICER = `systems@${COUNCIL}.example`
/** Works for this council only, by hours that are stated for the week. */
const PROVIDER = 'administrator@yewtree-one-to-one.example'

const heading = (page) => page.getByRole('heading', { level: 1 })
const PDF = Buffer.from('%PDF-1.7\n1 0 obj\n<< >>\nendobj\ntrailer\n<< >>\n%%EOF\n')

/** A browser in which somebody is signed in. */
async function at (browser, request, options = {}) {
  const context = await browser.newContext({ baseURL: process.env.COUNTERFOIL_URL, ...options })
  await context.addCookies((await request.storageState()).cookies)
  return context.newPage()
}

/** Where the provider's pages at the council begin. */
async function homeOf (request) {
  const home = await (await request.get('/')).text()
  return `/organisations/${home.match(/org_[0-9a-f]{32}/)[0]}${DESK}`
}

/** An open claim that is stated by quantities. */
async function openClaim (request, home) {
  const list = await (await request.get(`${home}/claims?state=open`)).text()
  for (const claim of new Set(list.match(/clm_[0-9a-f]{32}/g))) {
    const form = await (await request.get(`${home}/claims/${claim}/actuals`)).text()
    if (form.includes('id="line-1-actual"')) return claim
  }
  throw new Error('the demo has no open claim by quantities for this provider')
}

/** A day in three fields. */
async function day (page, legend, date) {
  const group = page.getByRole('group', { name: legend })
  await group.getByLabel('Day').fill(String(date.getUTCDate()))
  await group.getByLabel('Month').fill(String(date.getUTCMonth() + 1))
  await group.getByLabel('Year').fill(String(date.getUTCFullYear()))
}

test('a document is published, read and agreed; another is rejected with a reason', async ({ page, browser, playwright, baseURL }) => {
  const provider = await entered(playwright, baseURL, PROVIDER)
  const home = await homeOf(provider)
  const contract = (await (await provider.get(`${home}/contracts`)).text()).match(/ctr_[0-9a-f]{32}/)[0]
  const line = (await (await provider.get(`${home}/contracts/${contract}`)).text()).match(/cpli_[0-9a-f]{32}/)[0]

  await signIn(page, OFFICER)
  await page.goto(`${DESK}/contracts`)
  await check(page)
  await page.getByLabel('Provider').fill('Yewtree')
  await press(page, 'Apply filters')
  await expect(page.getByText('that match')).toBeVisible()
  await page.goto(`${DESK}/contracts/${contract}`)
  await check(page)
  await page.goto(`${DESK}/contracts/lines/${line}`)
  await check(page)
  await page.getByRole('button', { name: 'Publish a document for this line' }).click()
  await expect(heading(page)).toHaveText('Publish a document')
  await check(page)
  await press(page, 'Publish')
  await expect(page).toHaveTitle(/^Error: /)
  await check(page)
  const title = `Agreement ${Date.now() % 1_000_000}`
  await page.getByLabel('Title').fill(title)
  await page.getByLabel('Terms', { exact: true }).fill('# Care\n\n- One to one\n- As the plan has it <b>always</b>')
  await page.getByLabel('PDF (optional)').setInputFiles({ name: 'terms.pdf', mimeType: 'application/pdf', buffer: PDF })
  await press(page, 'Publish')
  await expect(page.getByText('The document is published')).toBeVisible()
  await check(page)
  const document = page.url().match(/doc_[0-9a-f]{32}/)[0]

  // by keyboard, from the page of everything that waits
  const theirs = await at(browser, provider)
  await theirs.goto('/')
  await expect(theirs.getByText(/Agree or reject \d+ document/).first()).toBeVisible()
  await theirs.goto(`${home}/documents?state=waiting`)
  await check(theirs)
  await follow(theirs, title)
  await expect(heading(theirs)).toHaveText(title)
  await expect(theirs.getByText('As the plan has it <b>always</b>')).toBeVisible()
  await check(theirs)
  await press(theirs, 'Send your answer')
  await expect(theirs).toHaveTitle(/^Error: /)
  await check(theirs)
  await theirs.getByLabel('We agree').check()
  await theirs.getByLabel(/I have read this version/).check()
  await theirs.getByLabel('Your role').fill('Registered manager')
  await press(theirs, 'Send your answer')
  await expect(theirs.getByText('You have agreed this document')).toBeVisible()
  await expect(theirs.getByText(/Version 1 was agreed by .+, Registered manager, on/)).toBeVisible()
  await check(theirs)
  await page.reload()
  await expect(page.getByText(/Version 1 was agreed by/)).toBeVisible()

  // a new version takes its place, and is rejected
  await page.getByRole('button', { name: 'Publish a new version' }).click()
  await expect(page.getByLabel('Keep terms.pdf')).toBeChecked()
  await check(page)
  await page.getByLabel('Terms', { exact: true }).fill('Two to one.')
  await press(page, 'Publish')
  await expect(page.getByText('The document is published')).toBeVisible()
  await theirs.goto(`${home}/documents/${document}`)
  await expect(theirs.getByText('Two to one.')).toBeVisible()
  await theirs.getByLabel('We reject it').check()
  await theirs.getByLabel('Your role').fill('Registered manager')
  await press(theirs, 'Send your answer')
  await expect(theirs.getByRole('link', { name: 'Enter why you reject it' })).toBeVisible()
  await theirs.getByLabel('If you reject it, why').fill('One to one was assessed')
  await press(theirs, 'Send your answer')
  await expect(theirs.getByText('You have rejected this document')).toBeVisible()
  await page.goto(`${DESK}/documents?state=rejected`)
  await check(page)
  await follow(page, title)
  await expect(page.getByText('One to one was assessed')).toBeVisible()
  await expect(page.getByRole('link', { name: 'Version 1' })).toBeVisible()
  await theirs.context().close()
})

test('an adjustment is asked for and accepted elsewhere, and then extras that it covers are refused', async ({ browser, playwright, baseURL }) => {
  test.setTimeout(240_000)
  const provider = await entered(playwright, baseURL, PROVIDER)
  const home = await homeOf(provider)
  const claim = await openClaim(provider, home)
  const page = await at(browser, provider)
  const actuals = `${home}/claims/${claim}/actuals`
  await page.goto(actuals)
  const reference = (await page.locator('main tbody th').first().innerText()).split(': ')[1].trim()
  // the line of the claim, found by its number
  const found = await (await provider.get(`${home}/contracts?reference=${reference}`)).text()
  const line = found.match(/contracts\/lines\/(cpli_[0-9a-f]{32})/)[1]
  const contract = (await (await provider.get(`${home}/contracts/lines/${line}`)).text()).match(/contracts\/(ctr_[0-9a-f]{32})/)[1]
  const csv = await (await provider.get(`${home}/actuals-file/download?contract=${contract}&week=all&kind=csv`)).text()

  await page.goto(`${home}/contracts/lines/${line}`)
  await check(page)
  await page.getByRole('button', { name: 'Ask for an adjustment' }).click()
  await expect(heading(page)).toHaveText('Ask for an adjustment')
  await check(page)
  await page.getByLabel(/a week are needed/).fill('many')
  await press(page, 'Ask for the adjustment')
  await expect(page).toHaveTitle(/^Error: /)
  await check(page)
  await page.getByLabel(/a week are needed/).fill('20.5')
  await day(page, 'From which day?', new Date(Date.now() - 60 * 86_400_000))
  await page.getByLabel('Why should the plan change?').fill('Her needs changed after the fall')
  await press(page, 'Ask for the adjustment')
  await expect(page.getByText('You have asked for an adjustment')).toBeVisible()
  await check(page)
  const adjustment = page.url().match(/adj_[0-9a-f]{32}/)[0]

  const officer = await at(browser, await entered(playwright, baseURL, OFFICER))
  await officer.goto('/')
  await expect(officer.getByText(/Decide on \d+ adjustment/)).toBeVisible()
  await officer.goto(`${DESK}/adjustments`)
  await check(officer)
  await officer.goto(`${DESK}/adjustments/${adjustment}`)
  await expect(officer.getByText('Her needs changed after the fall')).toBeVisible()
  await check(officer)
  await press(officer, 'Send the decision')
  await expect(officer.getByRole('link', { name: 'Select whether you accept it' })).toBeVisible()
  await officer.getByLabel('Accept', { exact: true }).check()
  await officer.getByLabel(/a week from then on/).fill('21')
  await press(officer, 'Send the decision')
  await expect(officer.getByText('The adjustment is accepted')).toBeVisible()
  await expect(officer.getByText(/^Becomes/)).toBeVisible()
  await check(officer)
  await officer.context().close()

  await page.reload()
  await expect(page.getByText('Accepted', { exact: true }).first()).toBeVisible()
  await check(page)
  // while typing, and when it is saved
  const said = /above the plan of line .+ cannot be stated: adjustment \d+ of the line was accepted/
  await page.goto(actuals)
  await page.locator('#line-1-actual').fill('40')
  await expect(page.locator('[data-problem]')).toHaveText(said)
  await page.locator('#line-1-comment').fill('More was needed')
  await page.getByRole('button', { name: 'Save', exact: true }).last().click()
  await expect(page).toHaveTitle(/^Error: /)
  await expect(page.getByRole('link', { name: said })).toBeVisible()
  await expect(page.locator('#line-1-actual')).toHaveValue('40')
  await check(page)
  await page.context().close()

  // without any script
  const plain = await at(browser, provider, { javaScriptEnabled: false })
  await plain.goto(actuals)
  await plain.locator('#line-1-actual').fill('40')
  await plain.locator('#line-1-comment').fill('More was needed')
  await plain.getByRole('button', { name: 'Save', exact: true }).last().click()
  await expect(plain.getByRole('link', { name: said })).toBeVisible()
  await plain.context().close()

  // and in a file, with the cell
  const rows = rowsOf(csv)
  const column = (name) => rows[0].indexOf(name)
  const row = rows.findIndex((cells) => cells.includes(reference))
  rows[row][column('Delivered')] = '40'
  const sheet = await at(browser, provider)
  await sheet.goto(`${home}/actuals-file`)
  await sheet.getByLabel('Upload a file').setInputFiles({ name: 'actuals.csv', mimeType: 'text/csv', buffer: Buffer.from(textOf(rows)) })
  await press(sheet, 'Check the file')
  await expect(sheet.getByText(said).first()).toBeVisible()
  await expect(sheet.getByText('ask for another adjustment of the line').first()).toBeVisible()
  await check(sheet)
  await sheet.context().close()
})
