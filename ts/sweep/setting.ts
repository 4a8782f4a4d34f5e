import type { ExperimentInput } from "../config.ts";

/** Any setting of an experiment, as `--set` names it: `entropy.coefficient`, or a whole part such as `entropy`. */
export type SettingPath = Path<ExperimentInput>;
/** What the setting at `P` may be. */
export type SettingValue<P extends SettingPath> = ValueAt<ExperimentInput, P>;

type Leaf = string | number | boolean | bigint | null | undefined | readonly unknown[];
/** Of unions, the paths of every member: `algorithm.clip` is PPO's, `algorithm.mode` AWR's. */
type Path<T> = T extends Leaf
  ? never
  : { [K in keyof T & string]: K | (string extends K ? never : `${K}.${Path<T[K]>}`) }[keyof T & string];
type ValueAt<T, P extends string> = T extends Leaf
  ? never
  : P extends keyof T
    ? Exclude<T[P], undefined>
    : P extends `${infer K}.${infer Rest}`
      ? K extends keyof T
        ? ValueAt<T[K], Rest>
        : never
      : never;
