/** Classes of the source: of which one an object is an instance, and how that is asked. */
import type { Reference } from "./fragment.ts";

/**
 * `id` tells classes apart. `of`: how generated code names the class, if it can make instances of it. `direct`:
 * calling the class with the items in their order makes just that. `hasCode`: an instance is more than its fields.
 */
export type Instance = Readonly<{
  id: string;
  name: string;
  of?: Reference;
  direct: boolean;
  hasCode: boolean;
}>;

/**
 * Whether something is an instance of one of these classes. `sure`: it is an object, whatever its type says;
 * `past`: classes that tests before this one have ruled out.
 */
export type ClassTest = Readonly<{ within: readonly string[]; sure: boolean; past: readonly string[] }>;
