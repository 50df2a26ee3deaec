// Takes the credential out of a baked PNG or SVG, written from the two formats, to compare with the server's own.

import * as zlib from 'node:zlib';

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const KEYWORD = 'openbadgecredential';
const NAMESPACE = 'https://purl.imsglobal.org/ob/v3p0';

// Returns the text of the credential: JSON, or a compact JWT.
export function unbake(image) {
  return image.subarray(0, 8).equals(SIGNATURE) ? unbakePng(image) : unbakeSvg(image.toString('utf8'));
}

function unbakePng(image) {
  const found = [];
  let ended = false;
  for (let at = 8; at < image.length && !ended;) {
    const length = image.readUInt32BE(at);
    const body = image.subarray(at + 4, at + 8 + length); // type and data, which the checksum covers
    if (crc(body) !== image.readUInt32BE(at + 8 + length)) {
      throw new Error('a chunk of the image is damaged');
    }
    const type = body.toString('latin1', 0, 4);
    if (type === 'iTXt' && body.toString('latin1', 4, body.indexOf(0, 4)) === KEYWORD) {
      found.push(internationalText(body.subarray(4)));
    }
    ended = type === 'IEND';
    at += 12 + length;
  }
  if (!ended) {
    throw new Error('the image has no end');
  }
  return only(found);
}

// keyword NUL compressed? method language NUL translated keyword NUL text
function internationalText(data) {
  const keywordEnd = data.indexOf(0);
  if (data[keywordEnd + 1] !== 0) {
    throw new Error('the text is compressed, which the specification of baking forbids');
  }
  const languageEnd = data.indexOf(0, keywordEnd + 3);
  return data.toString('utf8', data.indexOf(0, languageEnd + 1) + 1);
}

// Node 20 has no crc32 before 20.15.
function crc(bytes) {
  if (zlib.crc32) {
    return zlib.crc32(bytes);
  }
  let sum = 0xffffffff;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) {
      sum = sum & 1 ? (sum >>> 1) ^ 0xedb88320 : sum >>> 1;
    }
  }
  return (sum ^ 0xffffffff) >>> 0;
}

function unbakeSvg(svg) {
  const prefix = svg.match(/xmlns:([\w.-]+)\s*=\s*["']([^"']*)["']/g)
    ?.map(declaration => declaration.match(/xmlns:([\w.-]+)\s*=\s*["']([^"']*)["']/))
    .find(([, , namespace]) => namespace === NAMESPACE)?.[1];
  if (!prefix) {
    throw new Error('the namespace of badges is not declared');
  }
  const element = new RegExp(`<${prefix}:credential((?:\\s+[\\w:.-]+\\s*=\\s*(?:"[^"]*"|'[^']*'))*)\\s*` +
    `(?:/>|>((?:<!\\[CDATA\\[[\\s\\S]*?\\]\\]>|[^<])*)</${prefix}:credential\\s*>)`, 'g');
  return only([...svg.matchAll(element)].map(([, attributes, content = '']) => {
    const token = attributes.match(/\sverify\s*=\s*["']([^"']*)["']/)?.[1];
    return token || content.replace(/<!\[CDATA\[([\s\S]*?)\]\]>|([^<]+)/g,
      (_, literal, escaped) => literal ?? unescape(escaped)).trim();
  }));
}

function unescape(text) {
  const named = {lt: '<', gt: '>', quot: '"', apos: '\'', amp: '&'};
  return text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (whole, hex, decimal, name) =>
    name ? named[name] ?? whole : String.fromCodePoint(hex ? parseInt(hex, 16) : Number(decimal)));
}

function only(found) {
  if (found.length !== 1) {
    throw new Error(`the image holds ${found.length} credentials`);
  }
  return found[0];
}
