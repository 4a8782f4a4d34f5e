import { RandomStreams } from "../random.ts";
import type { PairedDifference } from "../report/paired-difference.ts";
import type { RecordedRun } from "../report/read-run.ts";
import { readRun } from "../report/read-run.ts";
import { averageOf, type Cell, cellOf, differenceOf, isBest, type MeasuredCell } from "./cell.ts";
import type { FoundRun, FoundRuns } from "./found-runs.ts";
import { type LoadedStudy, loadStudy } from "./load-study.ts";
import { storedLook } from "./look.ts";
import { type WithPrompted, withPrompted } from "./prompted.ts";
import type { Column, Reproduction, RunSource, Scale, Study } from "./reproduction.ts";

/** A reproduction with what is known of its cells. */
export interface Collected {
  readonly reproduction: Reproduction;
  readonly scale: Scale;
  readonly cells: ReadonlyMap<string, Cell>;
  readonly differences: readonly Difference[];
  /** Revisions of the code that made the runs; null: outside a checkout. */
  readonly revisions: readonly (string | null)[];
  /** Pages of looks at runs. */
  readonly pages: readonly string[];
  /** By column that is drawn and row, the finished runs. */
  readonly curves: ReadonlyMap<string, ReadonlyMap<string, readonly RecordedRun[]>>;
}

/** Between the reproduction's method and another row. */
export interface Difference extends PairedDifference {
  readonly column: string;
  readonly row: string;
  readonly baseline: string;
}

export function cellAt(cells: ReadonlyMap<string, Cell>, row: string, column: string): Cell {
  return cells.get(keyOf(row, column)) ?? { state: "not run", reason: "not declared" };
}

function keyOf(row: string, column: string): string {
  return `${row}\n${column}`;
}

export interface CollectOptions {
  readonly runs: FoundRuns;
  /** Folder of looks. */
  readonly looks: string;
  /** Why runs of a study failed, by the names of its trials; none where they have not been tried. */
  readonly failures?: ReadonlyMap<string, string>;
}

/** Bootstrap intervals draw from here: the same runs always give the same table. */
const BOOTSTRAP_SEED = 0;

/** Reads what is there of a reproduction; runs nothing. */
export async function collect(reproduction: Reproduction, scale: Scale, options: CollectOptions): Promise<Collected> {
  const folders = reproduction.prompted === undefined ? [] : options.runs.prompted;
  const prompted = withPrompted(reproduction, scale, await Promise.all(folders.map(readRun)));
  return new Collection(prompted, scale, options).collect();
}

class Collection {
  readonly #reproduction: Reproduction;
  readonly #prompted: WithPrompted["values"];
  readonly #scale: Scale;
  readonly #options: CollectOptions;
  readonly #streams = new RandomStreams(BOOTSTRAP_SEED);
  readonly #studies = new Map<string, Promise<LoadedStudy>>();
  readonly #recorded = new Map<string, Promise<RecordedRun>>();
  readonly #cells = new Map<string, Cell>();
  readonly #revisions = new Set<string | null>();
  readonly #pages = new Set<string>();
  readonly #curves = new Map<string, Map<string, RecordedRun[]>>();

  constructor({ reproduction, values }: WithPrompted, scale: Scale, options: CollectOptions) {
    this.#reproduction = reproduction;
    this.#prompted = values;
    this.#scale = scale;
    this.#options = options;
  }

  async collect(): Promise<Collected> {
    const { rows, columns } = this.#reproduction;
    for (const { id: row } of rows) {
      for (const column of columns) {
        if (column.average === undefined) this.#cells.set(keyOf(row, column.id), await this.#cell(row, column));
      }
    }
    for (const { id: row } of rows) {
      for (const column of columns) {
        if (column.average !== undefined) this.#cells.set(keyOf(row, column.id), this.#average(row, column));
      }
    }
    return {
      reproduction: this.#reproduction,
      scale: this.#scale,
      differences: columns.flatMap((column) => this.#judge(column)),
      cells: this.#cells,
      revisions: [...this.#revisions],
      pages: [...this.#pages],
      curves: this.#curves,
    };
  }

  async #cell(row: string, column: Column): Promise<Cell> {
    const prompted = this.#prompted.get(row)?.get(column.id);
    if (prompted !== undefined) {
      return cellOf(prompted, prompted.length, { name: keyOf(row, column.id), streams: this.#streams });
    }
    if (this.#prompted.has(row)) return { state: "not run", reason: `no run of ${row} among those of --from` };
    const source = this.#reproduction.scales[this.#scale].cell(row, column.id);
    if (source.kind === "not run") return { state: "not run", reason: source.reason };
    const { comparison, trials } = await this.#load(source.study);
    const values = [];
    for (const seed of comparison.seeds) {
      const found = source.methods.flatMap((method) => {
        const trial = trials.find((each) => each.method === method && each.seed === seed);
        const at = trial === undefined ? undefined : this.#options.runs.find(source.study, trial);
        return at?.state === "finished" ? [at.directory] : [];
      });
      for (const directory of found.slice(0, 1)) {
        const measured = await this.#measure(source, directory, row, column.id);
        if (measured !== null) values.push({ seed, run: directory, ...measured });
      }
    }
    if (values.length === 0) return { state: "not run", reason: await this.#whyNot(source) };
    return cellOf(values, comparison.seeds.length, { name: keyOf(row, column.id), streams: this.#streams });
  }

  async #measure({ measure }: RunSource, directory: string, row: string, column: string) {
    const run = await this.#read(directory);
    this.#revisions.add(run.config.revision);
    if (this.#reproduction.curves?.includes(column) === true) {
      const byRow = this.#curves.get(column) ?? new Map<string, RecordedRun[]>();
      this.#curves.set(column, byRow.set(row, [...(byRow.get(row) ?? []), run]));
    }
    const { look } = this.#reproduction;
    const looked = look === undefined ? null : storedLook(look, directory, this.#options.looks);
    if (looked !== null) this.#pages.add(looked.page);
    return measure({ run, look: looked?.look ?? null });
  }

  async #whyNot(source: RunSource): Promise<string> {
    const { study, methods, borrowedFrom } = source;
    const lacking = (study.requires ?? []).filter((requirement) => !requirement.isMet());
    if (lacking.length > 0) return lacking.map(({ what, mend }) => `needs ${what}: ${mend}`).join("; ");
    const { trials } = await this.#load(study);
    const own = trials.filter(({ method }) => methods.includes(method));
    const failures = own.flatMap(
      (trial) => this.#options.failures?.get(`${study.name}/${trial.method}-seed${trial.seed}`) ?? [],
    );
    if (failures[0] !== undefined) return `failed: ${failures[0].split("\n")[0]}`;
    const states = own.map((trial) => this.#options.runs.find(study, trial));
    const other = states.find(hasOtherSettings);
    if (other !== undefined) return `${other.directory} has other settings: ${other.changed[0]}`;
    const command = `npx coso reproduce ${borrowedFrom ?? this.#reproduction.id} --scale ${this.#scale}`;
    if (states.some(({ state }) => state === "finished"))
      return `runs are there, but what is shown has not been looked at: ${command}`;
    return states.some(({ state }) => state === "begun")
      ? `begun, not finished: ${command}`
      : `to be run by ${command}`;
  }

  #average(row: string, { id, average }: Column): Cell {
    const parts = (average?.of ?? []).map((column) => ({ column, cell: cellAt(this.#cells, row, column) }));
    const missing = parts.filter(({ cell }) => cell.state === "not run").map(({ column }) => column);
    if (missing.length > 0)
      return { state: "not run", reason: `an average needs all of its columns: no ${missing.join(", ")}` };
    const measured = parts.flatMap(({ cell }) => (cell.state === "not run" ? [] : [cell]));
    const values = averageOf(measured, average?.weights ?? "equal");
    if (values.length === 0)
      return { state: "not run", reason: "an average needs a seed that all of its columns have" };
    const wanted = Math.max(...measured.map(({ seedsWanted }) => seedsWanted));
    return cellOf(values, wanted, { name: keyOf(row, id), streams: this.#streams });
  }

  /** Marks a column's best cell, and returns how the method differs from the other rows. */
  #judge({ id, unit }: Column): Difference[] {
    if (unit.better === "none") return [];
    const { rows, method } = this.#reproduction;
    const measured = rows.flatMap(({ id: row }) => {
      const cell = cellAt(this.#cells, row, id);
      return cell.state === "not run" ? [] : [{ row, cell }];
    });
    const between = (one: { row: string; cell: MeasuredCell }, other: { row: string; cell: MeasuredCell }) =>
      differenceOf(one.cell, other.cell, { name: `${keyOf(one.row, id)} minus ${other.row}`, streams: this.#streams });
    for (const one of measured) {
      const others = measured.filter((other) => other !== one);
      if (isBest(others.map((other) => between(one, other))))
        this.#cells.set(keyOf(one.row, id), { ...one.cell, isBest: true });
    }
    const own = measured.find(({ row }) => row === method);
    if (own === undefined) return [];
    return measured.flatMap((other) => {
      const difference = other === own ? null : between(own, other);
      return difference === null ? [] : [{ column: id, row: method, baseline: other.row, ...difference }];
    });
  }

  #load(study: Study): Promise<LoadedStudy> {
    const loading = this.#studies.get(study.name) ?? loadStudy(study);
    this.#studies.set(study.name, loading);
    return loading;
  }

  #read(directory: string): Promise<RecordedRun> {
    const reading = this.#recorded.get(directory) ?? readRun(directory);
    this.#recorded.set(directory, reading);
    return reading;
  }
}

function hasOtherSettings(found: FoundRun): found is Extract<FoundRun, { state: "other settings" }> {
  return found.state === "other settings";
}
