// What 1EdTech's validator demands of a badge beyond a good signature, and what the specification of Open Badges
// says must be there: every finding is a sentence, none means that the structure holds.

import {didDocument} from './loader.mjs';

const CREDENTIALS = 'https://www.w3.org/ns/credentials/v2';
const BADGES = /^https:\/\/purl\.imsglobal\.org\/spec\/ob\/v3p0\/context-3\.0\.\d+\.json$/;
const RECORDS = /^https:\/\/purl\.imsglobal\.org\/spec\/clr\/v2p0\/context-2\.0\.\d+\.json$/;
const SUITES = ['eddsa-rdfc-2022', 'ecdsa-sd-2023'];

export const list = value => value === undefined ? [] : [].concat(value);
export const typesOf = node => list(node?.type);
const isObject = value => typeof value === 'object' && value !== null && !Array.isArray(value);
const isText = value => typeof value === 'string' && value.length > 0;

export function structureFaults(credential) {
  const faults = [];
  const demand = (holds, sentence) => holds || faults.push(sentence);
  const contexts = list(credential['@context']);
  const record = typesOf(credential).includes('ClrCredential');

  demand(contexts[0] === CREDENTIALS, 'the first context is not that of credentials 2.0');
  demand(typesOf(credential).includes('VerifiableCredential'), 'the type VerifiableCredential is missing');
  demand(isText(credential.id), 'the credential has no id');
  demand(isText(credential.validFrom), 'validFrom is missing');
  demand(isObject(credential.issuer) && isText(credential.issuer.id), 'the issuer is no object with an id');
  demand(typesOf(credential.issuer).includes('Profile'), 'the issuer is no Profile');
  demand(isObject(credential.credentialSubject), 'there is not exactly one subject');
  const subject = isObject(credential.credentialSubject) ? credential.credentialSubject : {};
  demand(isText(subject.id) || list(subject.identifier).length, 'the subject has neither id nor identifier');
  for (const identity of list(subject.identifier)) {
    demand(identityHolds(identity), 'an identifier of the subject is incomplete');
  }
  if (record) {
    demand(RECORDS.test(contexts[1]) && BADGES.test(contexts[2]),
      'the second and third contexts are not those of CLR 2.0 and Open Badges 3.0');
    demand(typesOf(subject).includes('ClrSubject'), 'the subject is no ClrSubject');
    demand(list(subject.verifiableCredential).length, 'the record holds no credential');
  } else {
    demand(BADGES.test(contexts[1]), 'the second context is not that of Open Badges 3.0');
    demand(typesOf(credential).some(type => ['OpenBadgeCredential', 'AchievementCredential'].includes(type)),
      'the credential is no OpenBadgeCredential');
    demand(typesOf(subject).includes('AchievementSubject'), 'the subject is no AchievementSubject');
    faults.push(...achievementFaults(subject));
  }
  return faults;
}

function identityHolds(identity) {
  return isObject(identity) && identity.type === 'IdentityObject' && typeof identity.hashed === 'boolean' &&
    isText(identity.identityHash) && isText(identity.identityType) &&
    (!identity.hashed || /^sha256\$[0-9a-f]{64}$/.test(identity.identityHash));
}

function achievementFaults({achievement, result}) {
  if (!isObject(achievement)) {
    return ['the subject has no achievement'];
  }
  const faults = [];
  const demand = (holds, sentence) => holds || faults.push(sentence);
  demand(typesOf(achievement).includes('Achievement'), 'the achievement has not its type');
  demand(isText(achievement.id), 'the achievement has no id');
  demand(isText(achievement.name), 'the achievement has no name');
  demand(isText(achievement.description), 'the achievement has no description');
  demand(isText(achievement.criteria?.narrative) || isText(achievement.criteria?.id),
    'the achievement has no criteria');
  for (const {type, targetName, targetUrl} of list(achievement.alignment)) {
    demand(list(type).includes('Alignment') && isText(targetName) && isText(targetUrl), 'an alignment is incomplete');
  }
  const described = new Set(list(achievement.resultDescription).map(({id}) => id));
  for (const description of list(achievement.resultDescription)) {
    demand(typesOf(description).includes('ResultDescription') && isText(description.id) &&
      isText(description.name) && isText(description.resultType), 'a description of results is incomplete');
  }
  for (const {type, resultDescription} of list(result)) {
    demand(list(type).includes('Result'), 'a result has not its type');
    demand(resultDescription === undefined || described.has(resultDescription), 'a result has no description');
  }
  return faults;
}

// The rules for proofs and the key's document, where that validator reads less than the standards allow.
export async function proofFaults(credential, proof, web) {
  const faults = [];
  const demand = (holds, sentence) => holds || faults.push(sentence);
  const method = String(proof.verificationMethod);
  const [did, fragment] = method.split('#');
  demand(proof.type === 'DataIntegrityProof' && SUITES.includes(proof.cryptosuite), 'the suite is not accepted');
  demand(did === credential.issuer?.id, 'the key is not the issuer\'s');
  demand(isText(fragment) && (did.startsWith('did:key:') || !/^z[1-9A-HJ-NP-Za-km-z]{40,}$/.test(fragment)),
    'the fragment could be taken for a key');
  const document = await didDocument(web, did);
  demand(list(document.assertionMethod).every(isText), 'an assertionMethod is not a string');
  const key = list(document.verificationMethod).find(({id}) => id === method);
  demand(key?.controller === credential.issuer?.id, 'the controller of the key is not the issuer');
  return faults;
}
