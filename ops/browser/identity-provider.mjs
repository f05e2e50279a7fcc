// A council's identity provider, for tests of single sign-on: OpenID Connect with the authorization code flow.
// It is strict where a real one is (client secret, exact redirect address, PKCE with S256, codes used once),
// and breaks the rules where a test tells it to. Never for anything but tests: anybody may be anybody.
//
//   node ops/browser/identity-provider.mjs
//
// prints {"issuer", "client_id", "client_secret"} on its first line, and ends when its parent does. Environment:
//   IDENTITY_PROVIDER_PEOPLE         JSON list of {sub, email, name, email_verified, amr, acr}; sub and email are needed
//   IDENTITY_PROVIDER_CLIENT_ID      "counterfoil" unless set
//   IDENTITY_PROVIDER_CLIENT_SECRET  random unless set
//   IDENTITY_PROVIDER_ALGORITHM      RS256 or ES256
//   IDENTITY_PROVIDER_MISBEHAVE      comma-separated, of the list below
// Lines on its standard input change it while it runs; each is answered with a line of JSON:
//   misbehave A,B   from now on (without a name: behave)
//   rotate-keys     sign with a new key, and publish only that
//   counts          how often each address was asked
import { createHash, createHmac, generateKeyPairSync, randomBytes, sign, timingSafeEqual } from 'node:crypto'
import { createServer } from 'node:http'
import { createInterface } from 'node:readline'

const MISBEHAVIOURS = {
  // of the ID token
  'wrong-nonce': 'its nonce is another sign-in\'s',
  'no-nonce': 'it has no nonce',
  'wrong-audience': 'it is meant for another client',
  'more-audiences': 'it is meant for another client too',
  'wrong-party': 'it was issued to another client',
  'wrong-issuer': 'it says that another provider issued it',
  expired: 'it ran out two minutes ago',
  'issued-later': 'it was issued in two minutes',
  'issued-earlier': 'it was issued yesterday, and is good for long',
  'no-signature': 'its algorithm is "none"',
  'shared-secret': 'it is signed with the client secret',
  'other-algorithm': 'it is signed by RSA with SHA-512, which nobody asked for',
  'other-key': 'it is signed by a key that is not published, under the name of one that is',
  'changed-claims': 'its claims were changed after signing',
  'unverified-email': 'its e-mail address was not verified',
  'no-email': 'it has no e-mail address',
  'no-id-token': 'there is none',
  // of the rest
  'wrong-returned-issuer': 'the browser comes back in the name of another provider',
  'wrong-document': 'the discovery document is another issuer\'s',
  'script-address': 'the address to sign in at is a script',
  'post-only': 'the client secret has to be in the body of the request',
  slow: 'every answer to the service takes seven seconds',
  huge: 'every answer to the service is two mebibytes too long',
  redirected: 'every address has moved',
  broken: 'every answer to the service is an error page'
}

const {
  IDENTITY_PROVIDER_ALGORITHM: algorithm = 'RS256',
  IDENTITY_PROVIDER_CLIENT_ID: clientId = 'counterfoil',
  IDENTITY_PROVIDER_CLIENT_SECRET: clientSecret = randomBytes(16).toString('hex'),
  IDENTITY_PROVIDER_MISBEHAVE: misbehave = '',
  IDENTITY_PROVIDER_PEOPLE: people = JSON.stringify([
    { sub: 'ruth-1', email: 'ruth.adeyemi@norfolk.example', name: 'Ruth Adeyemi', amr: ['pwd', 'mfa'] },
    { sub: 'tom-2', email: 'tom.parry@norfolk.example', name: 'Tom Parry', amr: ['pwd'] }
  ])
} = process.env
const everybody = JSON.parse(people)
const granted = new Map()
const counts = {}
let misbehaviours = named(misbehave)
let key = newKey()

function named (list) {
  const names = list.split(',').map((name) => name.trim()).filter((name) => name !== '')
  for (const name of names) {
    if (!(name in MISBEHAVIOURS)) throw new Error(`no such misbehaviour: ${name}`)
  }
  return new Set(names)
}

function newKey () {
  const pair = algorithm === 'ES256'
    ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
    : generateKeyPairSync('rsa', { modulusLength: 2048 })
  return { ...pair, kid: randomBytes(8).toString('hex') }
}

const base64url = (json) => Buffer.from(JSON.stringify(json)).toString('base64url')

function signed (claims) {
  let header = { alg: algorithm, typ: 'JWT', kid: key.kid }
  let sealed = (text) => sign('sha256', text, { key: key.privateKey, dsaEncoding: 'ieee-p1363' })
  if (misbehaviours.has('no-signature')) {
    header = { alg: 'none', typ: 'JWT' }
    sealed = () => Buffer.alloc(0)
  } else if (misbehaviours.has('shared-secret')) {
    header = { alg: 'HS256', typ: 'JWT' }
    sealed = (text) => createHmac('sha256', clientSecret).update(text).digest()
  } else if (misbehaviours.has('other-algorithm')) {
    header.alg = 'RS512'
    sealed = (text) => sign('sha512', text, key.privateKey)
  } else if (misbehaviours.has('other-key')) {
    const other = newKey()
    sealed = (text) => sign('sha256', text, { key: other.privateKey, dsaEncoding: 'ieee-p1363' })
  }
  const content = `${base64url(header)}.${base64url(claims)}`
  const signature = sealed(Buffer.from(content)).toString('base64url')
  if (misbehaviours.has('changed-claims')) {
    const changed = { ...claims, email: everybody.at(-1).email }
    return `${base64url(header)}.${base64url(changed)}.${signature}`
  }
  return `${content}.${signature}`
}

function idToken ({ person, nonce }) {
  const now = Math.floor(Date.now() / 1000)
  const claims = {
    iss: issuer,
    sub: person.sub,
    aud: clientId,
    iat: now,
    exp: now + 300,
    nonce,
    email: person.email,
    email_verified: person.email_verified ?? true,
    name: person.name,
    amr: person.amr,
    acr: person.acr
  }
  const lies = {
    'wrong-nonce': { nonce: 'another' },
    'no-nonce': { nonce: undefined },
    'wrong-audience': { aud: 'another-client' },
    'more-audiences': { aud: [clientId, 'another-client'] },
    'wrong-party': { azp: 'another-client' },
    'wrong-issuer': { iss: 'http://127.0.0.1:1' },
    expired: { iat: now - 300, exp: now - 120 },
    'issued-later': { iat: now + 120 },
    'issued-earlier': { iat: now - 86400, exp: now + 86400 },
    'unverified-email': { email_verified: false },
    'no-email': { email: undefined }
  }
  return signed(Object.assign(claims, ...Array.from(misbehaviours, (name) => lies[name] ?? {})))
}

const discovery = () => ({
  issuer: misbehaviours.has('wrong-document') ? 'http://127.0.0.1:1' : issuer,
  authorization_endpoint: misbehaviours.has('script-address') ? 'javascript:alert(1)' : `${issuer}/authorize`,
  token_endpoint: `${issuer}/token`,
  jwks_uri: `${issuer}/keys`,
  response_types_supported: ['code'],
  subject_types_supported: ['public'],
  scopes_supported: ['openid', 'email', 'profile'],
  id_token_signing_alg_values_supported: [algorithm],
  code_challenge_methods_supported: ['S256'],
  token_endpoint_auth_methods_supported: misbehaviours.has('post-only')
    ? ['client_secret_post']
    : ['client_secret_basic', 'client_secret_post'],
  authorization_response_iss_parameter_supported: true
})

const keys = () => ({
  keys: [{ ...key.publicKey.export({ format: 'jwk' }), kid: key.kid, use: 'sig', alg: algorithm }]
})

/** What is wrong with a request to sign in, or nothing. */
function mistake (query) {
  const redirect = URL.canParse(query.get('redirect_uri')) ? new URL(query.get('redirect_uri')) : undefined
  if (query.get('client_id') !== clientId) return 'an unknown client'
  if (!['localhost', '127.0.0.1'].includes(redirect?.hostname)) return 'a redirect address that is not on this machine'
  if (query.get('response_type') !== 'code') return 'no authorization code flow'
  if (!(query.get('scope') ?? '').split(' ').includes('openid')) return 'no OpenID Connect'
  if (query.get('code_challenge_method') !== 'S256' || !query.get('code_challenge')) return 'no PKCE'
  return undefined
}

const escaped = (text) => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)

function page (title, content) {
  return `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>${title}</title></head>
<body><main><h1>${title}</h1>${content}</main></body></html>`
}

function choice (query) {
  const hidden = Array.from(query, ([name, value]) =>
    `<input type="hidden" name="${escaped(name)}" value="${escaped(value)}">`)
  const buttons = everybody.map(({ sub, name, email }) =>
    `<p><button name="person" value="${escaped(sub)}">Sign in as ${escaped(name ?? email)}</button></p>`)
  return page('Who are you?', `<form method="post" action="/authorize">${hidden.join('')}${buttons.join('')}
<p><button name="person" value="">Cancel</button></p></form>`)
}

function decided (form) {
  const redirect = new URL(form.get('redirect_uri'))
  const person = everybody.find(({ sub }) => sub === form.get('person'))
  if (person) {
    const code = randomBytes(16).toString('hex')
    granted.set(code, {
      person,
      nonce: form.get('nonce') ?? undefined,
      challenge: form.get('code_challenge'),
      redirect: form.get('redirect_uri'),
      until: Date.now() + 60_000
    })
    redirect.searchParams.set('code', code)
  } else {
    redirect.searchParams.set('error', 'access_denied')
    redirect.searchParams.set('error_description', 'the person cancelled')
  }
  if (form.has('state')) redirect.searchParams.set('state', form.get('state'))
  redirect.searchParams.set('iss', misbehaviours.has('wrong-returned-issuer') ? 'http://127.0.0.1:1' : issuer)
  return redirect
}

const same = (given, expected) => {
  const [left, right] = [given, expected].map((text) => createHash('sha256').update(text).digest())
  return timingSafeEqual(left, right)
}

/** Whether the client proved itself, in the header or in the body. */
function isClient (request, form) {
  const [scheme, basic] = (request.headers.authorization ?? '').split(' ')
  if (scheme !== 'Basic') return form.get('client_id') === clientId && same(form.get('client_secret') ?? '', clientSecret)
  if (misbehaviours.has('post-only')) return false
  const [id, secret = ''] = Buffer.from(basic, 'base64').toString().split(':')
    .map((part) => decodeURIComponent(part.replaceAll('+', ' ')))
  return id === clientId && same(secret, clientSecret)
}

function token (request, form) {
  if (!isClient(request, form)) return [401, { error: 'invalid_client' }]
  if (form.get('grant_type') !== 'authorization_code') return [400, { error: 'unsupported_grant_type' }]
  const grant = granted.get(form.get('code'))
  granted.delete(form.get('code'))
  const verifier = createHash('sha256').update(form.get('code_verifier') ?? '').digest('base64url')
  if (!grant || grant.until < Date.now()) return [400, { error: 'invalid_grant', error_description: 'no such code' }]
  if (grant.challenge !== verifier) return [400, { error: 'invalid_grant', error_description: 'wrong verifier' }]
  if (grant.redirect !== form.get('redirect_uri')) {
    return [400, { error: 'invalid_grant', error_description: 'another redirect address' }]
  }
  const answer = { access_token: randomBytes(16).toString('hex'), token_type: 'Bearer', expires_in: 300 }
  return [200, misbehaviours.has('no-id-token') ? answer : { ...answer, id_token: idToken(grant) }]
}

async function body (request) {
  let text = ''
  for await (const chunk of request) {
    text += chunk
    if (text.length > 65_536) throw new Error('too long')
  }
  return new URLSearchParams(text)
}

/** Answers the service, in the way it was told to. */
async function toService (response, status, json) {
  if (misbehaviours.has('slow')) await new Promise((resolve) => setTimeout(resolve, 7_000))
  if (misbehaviours.has('broken')) return response.writeHead(500, { 'content-type': 'text/html' }).end('<p>Sorry')
  if (misbehaviours.has('redirected')) return response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end()
  const padding = misbehaviours.has('huge') ? { padding: 'x'.repeat(2 * 1024 * 1024) } : {}
  const headers = { 'content-type': 'application/json', 'cache-control': 'no-store' }
  return response.writeHead(status, headers).end(JSON.stringify({ ...json, ...padding }))
}

async function handle (request, response) {
  const { pathname, searchParams } = new URL(request.url, issuer)
  const asked = `${request.method} ${pathname}`
  counts[asked] = (counts[asked] ?? 0) + 1
  const html = {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'"
  }
  const refused = (wrong) => response.writeHead(400, html).end(page('That cannot be', `<p>The request has ${wrong}.</p>`))
  switch (asked) {
    case 'GET /.well-known/openid-configuration':
      return toService(response, 200, discovery())
    case 'GET /keys':
      return toService(response, 200, keys())
    case 'GET /authorize': {
      const wrong = mistake(searchParams)
      return wrong ? refused(wrong) : response.writeHead(200, html).end(choice(searchParams))
    }
    case 'POST /authorize': {
      const form = await body(request)
      const wrong = mistake(form)
      return wrong ? refused(wrong) : response.writeHead(303, { location: decided(form).href }).end()
    }
    case 'POST /token':
      return toService(response, ...token(request, await body(request)))
    default:
      return response.writeHead(404, html).end(page('Nothing here', ''))
  }
}

const commands = {
  misbehave: (list = '') => { misbehaviours = named(list) },
  'rotate-keys': () => { key = newKey() },
  counts: () => counts
}

const server = createServer((request, response) => {
  handle(request, response).catch((error) => {
    console.error(error)
    response.writeHead(500).end()
  })
})
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
const issuer = `http://127.0.0.1:${server.address().port}`
console.log(JSON.stringify({ issuer, client_id: clientId, client_secret: clientSecret }))

createInterface({ input: process.stdin }).on('line', (line) => {
  const [command, argument] = line.trim().split(/\s+/)
  if (!(command in commands)) throw new Error(`no such command: ${command}`)
  console.log(JSON.stringify(commands[command](argument) ?? { done: command }))
})

// A test that was killed leaves nothing behind.
const parent = process.ppid
setInterval(() => { if (process.ppid !== parent) process.exit(0) }, 1_000)
