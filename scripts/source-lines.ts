// Which lines of a source hold code, seen from the JavaScript that esbuild made of it.
import { SourceMap } from 'node:module';
import type { SourceMapPayload } from 'node:module';

export interface MappedLine {
  /** In the source, from 1. */
  line: number;
  /** In the JavaScript. */
  offset: number;
}

/** Every place of the JavaScript that its inline source map knows. Comments, types and blank lines have none. */
export function mappedLines(script: string): MappedLine[] {
  const inline = /\/\/# sourceMappingURL=data:application\/json;(?:charset=[^;]+;)?base64,(\S+)\s*$/.exec(script)?.[1];
  if (inline === undefined) return [];
  const map = new SourceMap(JSON.parse(Buffer.from(inline, 'base64').toString()) as SourceMapPayload);
  const found: MappedLine[] = [];
  let start = 0;
  for (const [number, text] of script.split('\n').entries()) {
    for (let column = 0; column < text.length; column += 1) {
      const entry = map.findEntry(number, column);
      // Between two places findEntry() answers with the one before.
      if ('originalLine' in entry && entry.generatedLine === number && entry.generatedColumn === column) {
        found.push({ line: entry.originalLine + 1, offset: start + column });
      }
    }
    start += text.length + 1;
  }
  return found;
}
