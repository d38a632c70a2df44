/** What a run of the matrix has found, line by line, for docs/truth.md. */
import { appendFile, mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Cell } from './list.ts';
import type { Truth } from './oracle.ts';

/** One cell, played. */
export interface CellLine extends Cell {
  kind: 'cell';
  said: string;
  problems: string[];
  truth: Truth;
  /** Both sessions were over, and the result did not say `ended`. */
  more: boolean;
  /** Of the browser. */
  version: string;
}

/** One fault, played, and nothing else went wrong. */
export interface FaultLine {
  kind: 'fault';
  fault: string;
  mode: string;
  engine: string;
  /** In the order of the events. */
  said: string[];
}

export type Line = CellLine | FaultLine;

/** The file to write to: then everything is played. */
export const { TRUTH } = process.env;

export async function record(line: Line): Promise<void> {
  if (!TRUTH) return;
  await mkdir(dirname(TRUTH), { recursive: true });
  await appendFile(TRUTH, `${JSON.stringify(line)}\n`);
}
