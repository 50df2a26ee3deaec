// The first independent verifier: Digital Bazaar's stack, and jose for tokens, offline.
//
//   serve      {contexts, documents, folders}          what may be fetched from now on
//   json       {credential: text, structure?, status?, now?} -> {verified, reason?}
//   jwt        {token, structure?, status?, now?}            -> {verified, reason?}
//   tampered   {credentials: [text]}                   -> {verified: [index]}, the ones that were believed
//   canonical  {documents: [text]}                     -> {canonical: [{nquads} or {refused}]}
//   context    {url}                                   -> {context}, as its makers' package has it
//   unbake     {image: base64}                         -> {credential: text}

import {createHash} from 'node:crypto';
import {cryptosuite} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import {verify, verifyJwt} from './lib/credential.mjs';
import {answerLines, reasonOf} from './lib/lines.mjs';
import {documentLoader, webWithContexts} from './lib/loader.mjs';
import {unbake} from './lib/unbake.mjs';

const web = webWithContexts();

async function verdict(work) {
  try {
    await work();
    return {verified: true};
  } catch (error) {
    return {verified: false, reason: reasonOf(error)};
  }
}

await answerLines({
  serve: rest => web.serve(rest),
  json: ({credential, ...options}) => verdict(() => verify(JSON.parse(credential), web, options)),
  jwt: ({token, ...options}) => verdict(() => verifyJwt(token, web, options)),
  context: ({url}) => ({context: web.context(url) ?? null}),
  unbake: ({image}) => ({credential: unbake(Buffer.from(image, 'base64'))}),

  // Without the structure's rules, so that nothing but the stack itself refuses.
  async tampered({credentials}) {
    const verified = [];
    for (const [index, credential] of credentials.entries()) {
      const {verified: believed} = await verdict(() => verify(JSON.parse(credential), web, {structure: false}));
      if (believed) {
        verified.push(index);
      }
    }
    return {verified};
  },

  async canonical({documents}) {
    const canonical = [];
    for (const document of documents) {
      try {
        const nquads = await cryptosuite.canonize(JSON.parse(document), {documentLoader: documentLoader(web)});
        canonical.push({nquads, sha256: createHash('sha256').update(nquads).digest('hex')});
      } catch (error) {
        canonical.push({refused: reasonOf(error)});
      }
    }
    return {canonical};
  }
});
