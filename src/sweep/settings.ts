/** A value of a setting: plain JSON without objects and null. */
export type SettingValue = number | string | boolean | readonly SettingValue[];

/** The settings of one trial by name. A setting whose condition does not hold is missing. */
export type Settings = Readonly<Record<string, SettingValue>>;

/** The values of a setting on the unit interval, where every search draws. */
export interface Values {
  /** The value at a place in [0, 1). */
  at(place: number): SettingValue;
  /** All values if there are so few that a grid can have them, in order. */
  readonly values: readonly SettingValue[] | undefined;
  /** Whether neighbours are alike, so that a search can learn from one about the other. */
  readonly ordered: boolean;
}
