// Verifies a credential with Digital Bazaar's stack and adds what that leaves to its caller: that every proof of
// a set holds, and that no status which was checked is set.

import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import {cryptosuite} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import {_checkCredential, verifyCredential} from '@digitalbazaar/vc';
import {checkStatus} from '@digitalbazaar/vc-bitstring-status-list';
import {verifyToken} from './jwt.mjs';
import {documentLoader} from './loader.mjs';
import {list, proofFaults, structureFaults, typesOf} from './structure.mjs';

const ENVELOPE = 'data:application/vc+jwt,';
const DEEPEST_RECORD = 4; // records within records

// structure: demand 1EdTech's rules too; status: follow credentialStatus; now: RFC 3339, the clock if absent.
// Returns nothing; throws with the reason.
export async function verify(credential, web, {structure = true, status = true, now, depth = 0} = {}) {
  if (typesOf(credential).includes('EnvelopedVerifiableCredential')) {
    await verifyEnvelope(credential, web, {structure, status, now, depth});
    return;
  }
  if (structure) {
    refuseFaults(structureFaults(credential));
  }
  await verifyProofs(credential, web, {structure, now});
  if (status) {
    await verifyStatuses(credential, web, now);
  }
  await verifyMembers(credential, web, {structure, status, now, depth});
}

// The token's payload is the credential: signed by the token, it carries no proof of its own.
export async function verifyJwt(token, web, {structure = true, status = true, now, depth = 0} = {}) {
  const credential = await verifyToken(token, web);
  if (structure) {
    refuseFaults(structureFaults(credential));
  }
  _checkCredential({credential, now});
  if (status) {
    await verifyStatuses(credential, web, now);
  }
  await verifyMembers(credential, web, {structure, status, now, depth});
  return credential;
}

async function verifyEnvelope(envelope, web, options) {
  if (!envelope.id?.startsWith(ENVELOPE)) {
    throw new Error('the envelope holds no vc+jwt');
  }
  await verifyJwt(envelope.id.slice(ENVELOPE.length), web, options);
}

async function verifyProofs(credential, web, {structure, now}) {
  const {proof, ...unsigned} = credential;
  if (list(proof).length === 0) {
    throw new Error('the credential has no proof');
  }
  for (const one of list(proof)) {
    // The stack is content with one good proof of a set, so it is shown each alone.
    const result = await verifyCredential({
      credential: {...unsigned, proof: one},
      suite: new DataIntegrityProof({cryptosuite}),
      documentLoader: documentLoader(web),
      checkStatus: () => ({verified: true}), // followed below
      now
    });
    if (!result.verified) {
      throw result.error ?? new Error('the proof does not hold');
    }
    if (structure) {
      refuseFaults(await proofFaults(credential, one, web));
    }
  }
}

async function verifyStatuses(credential, web, now) {
  if (credential.credentialStatus === undefined) {
    return;
  }
  for (const {statusListCredential} of list(credential.credentialStatus)) {
    await verifyList(statusListCredential, web, now);
  }
  const {verified, results, error} = await checkStatus({
    credential,
    suite: new DataIntegrityProof({cryptosuite}),
    documentLoader: documentLoader(web),
    verifyBitstringStatusListCredential: false // verified above, once for all who point at it
  });
  if (!verified) {
    throw error ?? new Error('the status could not be checked');
  }
  // It answers verified for a revoked credential too, and reports the bit beside it.
  for (const {status, credentialStatus: {statusPurpose}} of results) {
    if (status !== false) {
      throw new Error(`the status ${statusPurpose} is set`);
    }
  }
}

const listsVerified = new Map();

// A list is a credential of its own. Its proofs are checked again only when its text has changed, its dates always.
async function verifyList(url, web, now) {
  const text = web.text(url);
  const credential = JSON.parse(text);
  if (credential.id !== url) {
    throw new Error(`the list at ${url} calls itself ${credential.id}`);
  }
  if (typeof credential.credentialSubject?.statusPurpose !== 'string') {
    throw new Error('the purpose of the list is not one string');
  }
  _checkCredential({credential, now});
  if (listsVerified.get(url) !== text) {
    await verifyProofs(credential, web, {structure: false, now});
    listsVerified.set(url, text);
  }
}

// A record (CLR) holds credentials that were signed on their own.
async function verifyMembers(credential, web, {depth, ...options}) {
  if (!typesOf(credential).includes('ClrCredential')) {
    return;
  }
  if (depth >= DEEPEST_RECORD) {
    throw new Error('records are nested too deeply');
  }
  for (const member of list(credential.credentialSubject?.verifiableCredential)) {
    await verify(member, web, {...options, depth: depth + 1});
  }
}

function refuseFaults(faults) {
  if (faults.length) {
    throw new Error(`structure: ${faults.join('; ')}`);
  }
}
