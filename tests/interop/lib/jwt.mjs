// Verifies a vc+jwt with jose: the key is looked up in the issuer's DID document, nowhere else.

import {compactVerify, decodeProtectedHeader, importJWK} from 'jose';
import {didDocument} from './loader.mjs';
import {list} from './structure.mjs';

const ALGORITHMS = ['ES256', 'RS256']; // what 1EdTech's validator accepts

// Returns the payload, which is the credential itself. Throws with the reason.
export async function verifyToken(token, web) {
  const header = decodeProtectedHeader(token);
  if (header.typ !== 'vc+jwt') {
    throw new Error(`the type of the token is ${header.typ}`);
  }
  if (typeof header.kid !== 'string') {
    throw new Error('the token names no key');
  }
  const did = header.kid.split('#')[0];
  const document = await didDocument(web, did);
  if (!list(document.assertionMethod).includes(header.kid)) {
    throw new Error(`${header.kid} may not sign assertions`);
  }
  const method = list(document.verificationMethod).find(({id}) => id === header.kid);
  if (!method?.publicKeyJwk || method.controller !== did) {
    throw new Error(`${header.kid} is no public JWK of ${did}`);
  }
  const key = await importJWK(method.publicKeyJwk, header.alg);
  const {payload} = await compactVerify(token, key, {algorithms: ALGORITHMS});
  const credential = JSON.parse(new TextDecoder('utf-8', {fatal: true}).decode(payload));
  refuseClaims(credential, did);
  return credential;
}

function refuseClaims(credential, did) {
  if ('vc' in credential) {
    throw new Error('the payload wraps the credential in a vc claim');
  }
  if ((credential.issuer?.id ?? credential.issuer) !== did) {
    throw new Error('the issuer is not whose key signed');
  }
  const seconds = time => time === undefined ? undefined : Date.parse(time) / 1000;
  // Open Badges requires the registered claims that the credential has a value for; each must say the same.
  const told = {
    iss: did, jti: credential.id, sub: credential.credentialSubject?.id,
    nbf: seconds(credential.validFrom), exp: seconds(credential.validUntil)
  };
  for (const [claim, value] of Object.entries(told)) {
    if (credential[claim] !== value) {
      throw new Error(`the claim ${claim} is ${credential[claim]}, where the credential says ${value}`);
    }
  }
}
