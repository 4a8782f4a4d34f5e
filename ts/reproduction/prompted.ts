import type { Prompting } from "../prompting/definition.ts";
import { decidingPrompt } from "../prompting/run-config.ts";
import type { RecordedRun } from "../report/read-run.ts";
import { differences } from "../runs/differences.ts";
import type { SeedValue } from "./cell.ts";
import type { EnvironmentLabel, Measure, PromptedRows, Reproduction, Row, Scale } from "./reproduction.ts";

/** A table with what runs of `coso prompt` say of it. */
export interface WithPrompted {
  /** With a row a model, where it has none of its own, and an environment for columns that only these runs fill. */
  readonly reproduction: Reproduction;
  /** By row and column. */
  readonly values: ReadonlyMap<string, ReadonlyMap<string, readonly SeedValue[]>>;
}

/**
 * Puts runs of `coso prompt` into a table's rows. Runs of a row and column have to agree in all but their seed: the first decides, and
 * what differs from it is told and left out, as is what fits no column.
 */
export function withPrompted(reproduction: Reproduction, scale: Scale, runs: readonly RecordedRun[]): WithPrompted {
  const { prompted } = reproduction;
  if (prompted === undefined || runs.length === 0) return { reproduction, values: new Map() };
  const placing = new Placing(prompted, scale);
  for (const run of runs) placing.add(run);
  const ours = reproduction.scales[scale];
  return {
    values: placing.values,
    reproduction: {
      ...reproduction,
      rows: withRows(reproduction.rows, [...placing.values.keys()], prompted.group),
      scales: {
        ...reproduction.scales,
        [scale]: {
          ...ours,
          standsIn: { ...ours.standsIn, ...placing.models },
          environments: { ...placing.environments, ...ours.environments },
          notes: [...ours.notes, ...placing.notes],
        },
      },
    },
  };
}

/** Finds each run's row and columns. */
class Placing {
  readonly #prompted: PromptedRows;
  readonly #scale: Scale;
  readonly #first = new Map<string, { prompting: Prompting; directory: string }>();
  readonly values = new Map<string, Map<string, SeedValue[]>>();
  /** By row, what stands in it. */
  readonly models: Record<string, string> = {};
  /** By column. */
  readonly environments: Record<string, EnvironmentLabel> = {};
  readonly notes: string[] = [];

  constructor(prompted: PromptedRows, scale: Scale) {
    this.#prompted = prompted;
    this.#scale = scale;
  }

  add(run: RecordedRun): void {
    const { directory } = run;
    const prompting = run.config.experiment as unknown as Prompting;
    const { environment, endpoint, seed } = prompting;
    const row = this.#prompted.rowOf(prompting);
    const columns = Object.entries(this.#prompted.columnsOf(prompting, this.#scale));
    const [column] = columns[0] ?? [];
    const played = `${environment.id} ${JSON.stringify(environment.settings)}`;
    if (column === undefined) {
      this.notes.push(`${directory} is left out: no column at this scale is of ${played}.`);
      return;
    }
    const first = this.#first.get(`${row}\n${column}`);
    if (first === undefined) {
      this.#first.set(`${row}\n${column}`, { prompting, directory });
      this.notes.push(`${row}: ${endpoint.model} by coso prompt on ${played}.`);
    } else {
      const changed = differences(comparable(first.prompting), comparable(prompting));
      const isThere = this.values
        .get(row)
        ?.get(column)
        ?.some((each) => each.seed === seed);
      const why = changed[0] ?? (isThere === true ? `its seed ${seed} is there already` : undefined);
      if (why !== undefined) {
        this.notes.push(`${directory} is left out of ${row}, where ${first.directory} stands: ${why}.`);
        return;
      }
    }
    this.models[row] = row.startsWith(endpoint.model) ? "prompted" : `${endpoint.model}, prompted`;
    for (const [id, { measure, environment: label }] of columns) this.#fill(row, id, seed, run, measure, label);
  }

  #fill(row: string, column: string, seed: number, run: RecordedRun, measure: Measure, label: EnvironmentLabel): void {
    const measured = measure({ run, look: null });
    if (measured === null) return;
    this.environments[column] ??= label;
    const ofRow = this.values.get(row) ?? new Map<string, SeedValue[]>();
    this.values.set(row, ofRow);
    ofRow.set(column, [...(ofRow.get(column) ?? []), { seed, run: run.directory, ...measured }]);
  }
}

/** All that an answer hangs on, but for the seed. */
function comparable(prompting: Prompting): object {
  return decidingPrompt({ ...prompting, name: "", seed: 0 });
}

/** New rows stand behind the last of their group. */
function withRows(rows: readonly Row[], shown: readonly string[], group: string): Row[] {
  const added = shown.filter((id) => !rows.some((row) => row.id === id)).map((id): Row => ({ id, title: id, group }));
  const behind = rows.findLastIndex((row) => row.group === group) + 1;
  return [...rows.slice(0, behind), ...added, ...rows.slice(behind)];
}
