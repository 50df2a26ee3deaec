// A command a line on standard input, its answer a line on standard output, in the same order.
//
// A line is {command, ...}; an answer is what the command returned, or {error} if it threw. Nothing else may
// write to standard output, so what packages print there is turned to standard error.

import {createInterface} from 'node:readline';

console.log = console.info = console.debug = (...words) => console.error(...words);

export async function answerLines(commands) {
  const lines = createInterface({input: process.stdin, crlfDelay: Infinity});
  for await (const line of lines) {
    process.stdout.write(JSON.stringify(await answer(commands, line)) + '\n');
  }
}

async function answer(commands, line) {
  try {
    const {command, ...rest} = JSON.parse(line);
    if (!Object.hasOwn(commands, command)) {
      throw new Error(`no such command: ${command}`);
    }
    return await commands[command](rest) ?? {};
  } catch (error) {
    return {error: reasonOf(error)};
  }
}

// An error's own words and those of every error inside it, the innermost last.
export function reasonOf(error) {
  if (!error) {
    return 'no reason was given';
  }
  const inner = [].concat(error.errors ?? [], error.cause ?? []).map(reasonOf);
  const details = error.details?.event ? [`${error.details.event.code}: ${JSON.stringify(error.details.event.details)}`] : [];
  return [...new Set([`${error.name ?? 'Error'}: ${error.message ?? error}`, ...details, ...inner])].join(' | ');
}
