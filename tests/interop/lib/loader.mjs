// The document loader of the Digital Bazaar stack: contexts from the packages that its makers publish, DID
// documents and their keys, status lists.

import {named as credentialContexts} from '@digitalbazaar/credentials-context';
import {contexts as dataIntegrityContexts} from '@digitalbazaar/data-integrity-context';
import * as didKey from '@digitalbazaar/did-method-key';
import * as Ed25519Multikey from '@digitalbazaar/ed25519-multikey';
import {contexts as multikeyContexts} from '@digitalbazaar/multikey-context';
import {CONTEXT as STATUS_LIST, CONTEXT_URL as STATUS_LIST_URL} from '@digitalbazaar/vc-bitstring-status-list-context';
import {didWebUrl, Web} from './web.mjs';

const didKeys = didKey.driver();
didKeys.use({multibaseMultikeyHeader: 'z6Mk', fromMultibase: Ed25519Multikey.from});

export function webWithContexts() {
  const web = new Web();
  for (const {id, context} of credentialContexts.values()) {
    web.addContext(id, context);
  }
  for (const [url, context] of [...dataIntegrityContexts, ...multikeyContexts, [STATUS_LIST_URL, STATUS_LIST]]) {
    web.addContext(url, context);
  }
  return web;
}

export async function didDocument(web, did) {
  if (did.startsWith('did:key:')) {
    return didKeys.get({did});
  }
  if (!did.startsWith('did:web:')) {
    throw new Error(`no method resolves ${did}`);
  }
  const document = JSON.parse(web.text(didWebUrl(did)));
  if (document.id !== did) {
    throw new Error(`the document of ${did} calls itself ${document.id}`);
  }
  return document;
}

// The one method of a DID document with this id; relations may name methods or hold them.
export async function verificationMethod(web, url) {
  const document = await didDocument(web, url.split('#')[0]);
  const found = (document.verificationMethod ?? []).find(method => method.id === url);
  if (!found) {
    throw new Error(`${document.id} has no key ${url}`);
  }
  return found;
}

export function documentLoader(web) {
  return async url => {
    const context = web.context(url);
    if (context) {
      return {contextUrl: null, documentUrl: url, document: context, tag: 'static'}; // it never changes
    }
    if (!url.startsWith('did:')) {
      return {contextUrl: null, documentUrl: url, document: JSON.parse(web.text(url))};
    }
    const document = url.includes('#') ? await verificationMethod(web, url) : await didDocument(web, url);
    return {contextUrl: null, documentUrl: url, document};
  };
}
