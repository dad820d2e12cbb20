// Makes each icon a module of its own: one that only a lazy part shows is loaded with
// that, not with the entry.

import * as icons from "@mdi/js";

const IMPORT = /import \{([^}]*)\} from "(@mdi\/js)";/g;
const QUERY = "?icon=";

export function apart() {
  return {
    name: "apart",
    apply: "build",
    enforce: "pre",
    transform(code, id) {
      if (!id.endsWith(".ts") || !code.includes('"@mdi/js"')) return null;
      const each = (_, names, from) =>
        names
          .match(/\w+/g)
          .map((name) => `import { ${name} } from "${from}${QUERY}${name}";`)
          .join("");
      return { code: code.replace(IMPORT, each), map: null };
    },
    async resolveId(id, importer) {
      const [from, name] = id.split(QUERY);
      if (!name) return null;
      // Beside the package's file: its licence is found there.
      const found = await this.resolve(from, importer);
      return found.id + QUERY + name;
    },
    load(id) {
      const name = id.split(QUERY)[1];
      return name ? `export const ${name} = ${JSON.stringify(icons[name])};` : null;
    },
  };
}
