// The second independent verifier: the Digital Credentials Consortium's verifier-core, which brings its own
// packages, contexts and DID resolvers. It fetches through globalThis.fetch, which is answered from files here.
//
//   serve  {contexts, documents, folders}    what may be fetched; DID documents are remembered for a while
//   json   {credential: text}                -> {verified, reason?}

import {answerLines, reasonOf} from './lib/lines.mjs';
import {NotFound, Web} from './lib/web.mjs';

const web = new Web();

console.error = () => {}; // each time that it cannot load the schema of badges it would say so at length

globalThis.fetch = async request => {
  const url = typeof request === 'string' ? request : request.url ?? String(request);
  try {
    return new Response(web.text(url), {status: 200, headers: {'content-type': 'application/json'}});
  } catch (error) {
    if (error instanceof NotFound) {
      return new Response('', {status: 404});
    }
    throw error;
  }
};

const {verifyCredential} = await import('@digitalcredentials/verifier-core');

// Whether the consortium trusts the issuer is a question of policy, so the step registered_issuer says nothing here.
function stepsAsked(credential) {
  const statuses = [].concat(credential.credentialStatus ?? []).map(({statusPurpose}) => `${statusPurpose}_status`);
  return ['valid_signature', 'expiration', ...statuses];
}

await answerLines({
  serve: rest => web.serve(rest),

  async json({credential: text}) {
    const credential = JSON.parse(text);
    const {log = [], errors} = await verifyCredential({credential, knownDIDRegistries: []});
    if (errors) {
      return {verified: false, reason: errors.map(error => reasonOf(error.stackTrace ?? error)).join(' | ')};
    }
    const steps = Object.fromEntries(log.map(({id, valid, error}) => [id, error ? reasonOf(error) : valid]));
    const unmet = stepsAsked(credential).filter(id => steps[id] !== true);
    return {verified: unmet.length === 0, reason: unmet.map(id => `${id}: ${steps[id]}`).join('; ')};
  }
});
