// Actuals of many claims as a file: downloaded, edited in a spreadsheet, looked at, saved; what is wrong is mended and sent
// again. People stand in it by reference alone.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { check, expect, signIn, signInPlainly, test } from './support/test.js'
import { follow, press } from './support/keyboard.js'
import { rowsOf, textOf } from './support/csv.js'
import { entered } from './support/enter.js'

const heading = (page) => page.getByRole('heading', { level: 1 })

/** Everybody who administers a provider's organisation in the demo. */
const administrators = readFileSync(join(process.env.COUNTERFOIL_DEMO, 'sign-in.csv'), 'utf8').trim().split('\n')
  .map((line) => line.split(',')[0]).filter((email) => email.startsWith('administrator@'))

/** The pages of actuals files of whoever asks, one for each organisation and council. */
async function filePages (request) {
  const home = await (await request.get('/')).text()
  const pages = new Set()
  for (const organisation of new Set(home.match(/org_[0-9a-f]{32}/g) ?? [])) {
    const front = await (await request.get(`/organisations/${organisation}`)).text()
    for (const [, council] of front.matchAll(/\/councils\/([a-z0-9-]+)\/claims/g)) {
      pages.add(`/organisations/${organisation}/councils/${council}/actuals-file`)
    }
  }
  return [...pages]
}

/** The contracts that a page offers. */
const contractsOn = (html) => [...new Set(html.match(/ctr_[0-9a-f]{32}/g) ?? [])]

/** A provider with a contract that is recorded in this way. */
async function providerWith (playwright, baseURL, headed, council) {
  for (const email of administrators) {
    const request = await entered(playwright, baseURL, email)
    for (const home of (await filePages(request)).filter((home) => !council || home.includes(`/councils/${council}/`))) {
      for (const contract of contractsOn(await (await request.get(home)).text())) {
        const file = await (await request.get(`${home}/download?contract=${contract}&week=all&kind=csv`)).text()
        const [headings, ...rows] = rowsOf(file)
        if (headings.includes(headed) && rows.length > 2) return { email, home, contract }
      }
    }
  }
  throw new Error(`no provider of the demo has ${headed} to enter${council ? ` at ${council}` : ''}`)
}

/** Chooses the file of the page by keyboard, and sends it. */
async function send (page, name, text) {
  await page.getByLabel('Upload a file').setInputFiles({ name, mimeType: 'text/csv', buffer: Buffer.from(text) })
  await press(page, 'Check the file')
}

/** What a link or button downloads, as text. */
async function downloaded (page, act) {
  const [download] = await Promise.all([page.waitForEvent('download'), act()])
  return { name: download.suggestedFilename(), text: readFileSync(await download.path(), 'utf8') }
}

test('a week of quantities is edited in a file, checked, saved, and what was wrong is sent again', async ({ page, playwright, baseURL }) => {
  test.setTimeout(240_000)
  const { email, home, contract } = await providerWith(playwright, baseURL, 'Delivered')
  await signIn(page, email, { from: home.replace('actuals-file', 'claims') })
  await follow(page, 'Enter actuals of many claims from a file')
  await expect(heading(page)).toHaveText('Actuals file')
  await check(page)
  await page.getByLabel('Contract').selectOption(contract)
  const file = await downloaded(page, () => press(page, 'Download as CSV'))
  expect(file.name).toMatch(/^actuals-.*\.csv$/)
  const [headings, ...rows] = rowsOf(file.text)
  const column = (name) => headings.indexOf(name)
  expect(headings.filter((heading) => /name/i.test(heading)), 'nobody is named').toEqual([])

  // a file that names people is not taken
  await send(page, 'named.csv', textOf([[...headings, 'Client name'], ...rows.map((row) => [...row, 'Ada Lovelace'])]))
  await expect(page).toHaveTitle(/^Error: /)
  await expect(page.getByRole('alert')).toContainText('would tell us who people are')
  await check(page)

  // one claim with less, with a comment; another with a decimal comma
  const [one, other] = rows
  one[column('Delivered')] = '0.5'
  one[column('Frustrated')] = '0'
  one[column('Comment')] = 'Stayed with family'
  other[column('Delivered')] = '0,5'
  // in another order of columns, and with semicolons, as another system writes it
  const turned = (row) => row.toReversed().map((cell) => `"${cell.replaceAll('"', '""')}"`).join(';')
  await send(page, 'edited.csv', [headings, ...rows].map(turned).join('\n'))
  await expect(heading(page)).toHaveText('Check what the file would change')
  await expect(page.getByRole('row', { name: /0,5.* has a comma in it/ })).toBeVisible()
  await expect(page.getByText('Nothing is saved yet')).toBeVisible()
  await check(page)
  const mend = await downloaded(page, () => follow(page, 'Download the rows to mend'))
  await press(page, 'Save these actuals')
  await expect(heading(page)).toHaveText('Your actuals are saved')
  await check(page)

  // what is to be mended comes with its cell, is mended and sent
  const [told, ...wrong] = rowsOf(mend.text)
  expect(told.slice(-3)).toEqual(['Cell', 'What is wrong', 'What to do'])
  for (const row of wrong) row[told.indexOf('Delivered')] = row[told.indexOf('Delivered')].replace(',', '.')
  await follow(page, 'Actuals file')
  await send(page, 'mended.csv', textOf([told, ...wrong]))
  await expect(heading(page)).toHaveText('Check what the file would change')
  await expect(page.getByText('Not taken', { exact: true })).toHaveCount(1)
  await press(page, 'Save these actuals')
  await expect(heading(page)).toHaveText('Your actuals are saved')

  // the whole, as it stands now, changes nothing
  await page.goto(home)
  await page.getByLabel('Contract').selectOption(contract)
  const now = await downloaded(page, () => press(page, 'Download as CSV'))
  expect(now.text).toContain('Stayed with family')
  await send(page, 'now.csv', now.text)
  await expect(page.getByRole('row', { name: /has a comma/ })).toHaveCount(0)
  await expect(page.getByText('0 claims with first actuals other than planned')).toBeVisible()
})

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false })

  test('visits are edited in a file, checked and saved', async ({ page, playwright, baseURL }) => {
    test.setTimeout(240_000)
    const { email, home, contract } = await providerWith(playwright, baseURL, 'Outcome')
    await signInPlainly(page, email, { from: home })
    await expect(heading(page)).toHaveText('Actuals file')
    await page.getByLabel('Contract').selectOption(contract)
    const file = await downloaded(page, () => page.getByRole('button', { name: 'Download as CSV' }).click())
    const [headings, ...rows] = rowsOf(file.text)
    const column = (name) => headings.indexOf(name)
    const visit = rows.find((row) => row[column('Outcome')] === 'Delivered')
    visit[column('Minutes')] = String(Number(visit[column('Minutes')]) + 7)
    visit[column('Comment')] = 'Waited for the ambulance'
    await page.getByLabel('Upload a file').setInputFiles({ name: 'visits.csv', mimeType: 'text/csv', buffer: Buffer.from(textOf([headings, ...rows])) })
    await page.getByRole('button', { name: 'Check the file' }).click()
    await expect(heading(page)).toHaveText('Check what the file would change')
    await expect(page.getByRole('rowheader', { name: visit[column('CPLI')] }).first()).toBeVisible()
    await page.getByRole('button', { name: 'Save these actuals' }).click()
    // the page of progress loads itself again
    await expect(heading(page)).toHaveText('Your actuals are saved', { timeout: 30_000 })
  })
})

test('what is downloaded and sent back unchanged changes nothing, for every contract of the demo', async ({ playwright, baseURL }) => {
  test.setTimeout(600_000)
  let [contracts, claims] = [0, 0]
  for (const email of administrators) {
    const request = await entered(playwright, baseURL, email)
    for (const home of await filePages(request)) {
      for (const contract of contractsOn(await (await request.get(home)).text())) {
        // what is offered has something to state
        const rows = rowsOf(await (await request.get(`${home}/download?contract=${contract}&week=all&kind=csv`)).text())
        expect(rows.length, `${email} ${home} ${contract} has rows`).toBeGreaterThan(1)
        for (const kind of ['csv', 'xlsx']) {
          const file = await request.get(`${home}/download?contract=${contract}&week=all&kind=${kind}`)
          expect(file.status(), `${email} ${home} ${contract}`).toBe(200)
          const csrf = (await (await request.get(home)).text()).match(/<main[\s\S]*?name="csrf" value="([^"]+)"/)[1]
          const sent = await request.post(home, { multipart: { csrf, file: { name: `a.${kind}`, mimeType: 'application/octet-stream', buffer: await file.body() } } })
          const said = await sent.text()
          const what = `${email} ${home} ${contract} ${kind}`
          expect(said, what).toContain('Check what the file would change')
          expect(said, what).toContain('0 claims with first actuals other than planned')
          expect(said, what).toMatch(/Changed<\/dt><dd[^>]*>0 claims/)
          expect(said, what).toMatch(/Not taken<\/dt><dd[^>]*>0 claims<\/dd>/)
          claims += Number(said.match(/Unchanged<\/dt><dd[^>]*>([\d,]+) claim/)[1].replaceAll(',', ''))
        }
        contracts++
      }
    }
    await request.dispose()
  }
  console.log(`${contracts} contracts, ${claims / 2} claims, sent back unchanged as CSV and as XLSX`)
  expect(contracts).toBeGreaterThan(5)
})
