// A real OpenID provider on TLS: node provider.mjs PORT KEY.pem CERTIFICATE.pem
// Tokens come from /token (client credentials), for any `resource` as their audience. A line on standard input is a command:
// `keys b a` publishes the keys of these names and signs with the first; `first` is there from the beginning, in all algorithms,
// others are made when they are named. `status 503` answers everything with it, and `status` nothing any more. Each says how often
// each path was asked; so does any other line.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { createPrivateKey, generateKeyPairSync, randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

// The packages lie with what is built, not beside this file.
const require = createRequire(pathToFileURL(`${process.env.OIDC_MODULES}/`));
const { default: Provider } = await import(pathToFileURL(require.resolve('oidc-provider')));

const [port, key, certificate] = process.argv.slice(2);
const issuer = `https://localhost:${port}`;
const KINDS = {
  RS256: ['rsa', { modulusLength: 2048 }], PS256: ['rsa', { modulusLength: 2048 }],
  ES256: ['ec', { namedCurve: 'P-256' }], ES384: ['ec', { namedCurve: 'P-384' }], ES512: ['ec', { namedCurve: 'P-521' }],
  EdDSA: ['ed25519', {}],
};

const PEM = { publicKeyEncoding: { type: 'spki', format: 'pem' }, privateKeyEncoding: { type: 'pkcs8', format: 'pem' } };

function make(kinds) {
  return Object.entries(kinds).map(([alg, [kind, options]]) => {
    // By way of PEM: Node exports a key with a lock that its other half shares, and hangs when that is collected meanwhile.
    const { privateKey } = generateKeyPairSync(kind, { ...options, ...PEM });
    return { ...createPrivateKey(privateKey).export({ format: 'jwk' }), kid: randomUUID(), alg, use: 'sig' };
  });
}

const made = new Map([['first', make(KINDS)]]);

/** Signs with the first of several keys that fit. */
function provider(...names) {
  for (const name of names) if (!made.has(name)) made.set(name, make({ RS256: KINDS.RS256 }));
  const oidc = new Provider(issuer, {
    jwks: { keys: names.flatMap((name) => made.get(name)) },
    clients: [{ client_id: 'test', client_secret: 'secret', grant_types: ['client_credentials'], redirect_uris: [], response_types: [] }],
    ttl: { ClientCredentials: 600 },
    scopes: ['orders.read', 'orders.write'],
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      resourceIndicators: {
        enabled: true,
        // `https://audience/RS256`: the algorithm is the test's to choose.
        getResourceServerInfo: (_, indicator) => ({
          scope: 'orders.read orders.write', audience: new URL(indicator).hostname, accessTokenFormat: 'jwt', accessTokenTTL: 600,
          jwt: { sign: { alg: new URL(indicator).pathname.slice(1) || 'RS256' } },
        }),
      },
    },
    extraTokenClaims: () => ({ tenant: 'blue', groups: ['admin', 'power user'], level: 5, nothing: null }),
  });
  oidc.on('server_error', (_, error) => console.error(error));
  return oidc.callback();
}

let current = provider('first');
let status = 0;
const requests = {};
const server = createServer({ key: readFileSync(key), cert: readFileSync(certificate) }, (request, response) => {
  requests[request.url] = (requests[request.url] ?? 0) + 1;
  if (status) response.writeHead(status).end();
  else current(request, response);
});
server.listen(Number(port), '127.0.0.1');
createInterface({ input: process.stdin }).on('line', (line) => {
  const [command, ...words] = line.split(' ');
  if (command === 'keys') current = provider(...words);
  if (command === 'status') status = Number(words[0] ?? 0);
  console.log(JSON.stringify(requests));
});
