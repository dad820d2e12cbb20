/**
 * The entities that the cards know, by what the integration calls them: the list is of
 * kinds of parts, keys and platforms. A test of the integration's holds it against what
 * is registered there.
 */

import type list from "./entities.json";

type List = typeof list;

export type EntityKey = { [Part in keyof List]: keyof List[Part] }[keyof List];

/** Entity ids of a part; what it does not have is not in it. */
export type Entities = Readonly<Partial<Record<EntityKey, string>>>;
