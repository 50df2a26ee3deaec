// What a verifier would fetch, without a network: contexts, documents given by the test, and folders that stand
// for a base URL the way a static host would serve them.

import {readFileSync, statSync} from 'node:fs';
import {join, normalize} from 'node:path';

export class NotFound extends Error {
  name = 'NotFound';
}

export class Web {
  #contexts = new Map();
  #documents = new Map();
  #folders = [];

  // contexts: {url: path of a file}, documents: {url: text}, folders: {base URL: path of a directory}.
  // A context, once served, stays; documents and folders are replaced by the next call.
  serve({contexts = {}, documents = {}, folders = {}}) {
    for (const [url, path] of Object.entries(contexts)) {
      if (!this.#contexts.has(url)) {
        this.addContext(url, JSON.parse(readFileSync(path, 'utf8')));
      }
    }
    this.#documents = new Map(Object.entries(documents).map(([url, text]) => [withoutScheme(url), text]));
    this.#folders = Object.entries(folders)
      .map(([base, folder]) => ({base: withoutScheme(base).replace(/\/+$/, ''), folder}))
      .sort((one, other) => other.base.length - one.base.length);
  }

  addContext(url, document) {
    this.#contexts.set(url, document);
  }

  context(url) {
    return this.#contexts.get(url);
  }

  // The text behind a URL. http and https are the same here: did:web always means https, and a server that
  // a test runs has no certificate.
  text(url) {
    const address = withoutScheme(url);
    if (this.#documents.has(address)) {
      return this.#documents.get(address);
    }
    for (const {base, folder} of this.#folders) {
      const path = address.startsWith(`${base}/`) ? readable(folder, address.slice(base.length + 1)) : undefined;
      if (path) {
        return readFileSync(path, 'utf8');
      }
    }
    if (this.#contexts.has(url)) {
      return JSON.stringify(this.#contexts.get(url));
    }
    throw new NotFound(`nothing is served at ${url}`);
  }
}

function withoutScheme(url) {
  return url.replace(/^https?:\/\//, '').replace(/[?#].*$/, '');
}

// A static host serves /status/1 from a file of that name, or from one of the names that hosts try for it.
function readable(folder, path) {
  const inside = normalize(join('/', decodeURIComponent(path)));
  const file = join(folder, inside);
  return [file, `${file}.json`, `${file}.jsonld`, join(file, 'index.json')]
    .find(name => statSync(name, {throwIfNoEntry: false})?.isFile());
}

// did:web:host%3A8080:issuers:x -> https://host:8080/issuers/x/did.json
export function didWebUrl(did) {
  const [host, ...path] = did.slice('did:web:'.length).split(':').map(decodeURIComponent);
  return `https://${host}/${path.length ? path.join('/') : '.well-known'}/did.json`;
}
