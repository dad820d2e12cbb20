// Takes the indentation out of templates, and the comments out of style sheets: a
// minifier leaves both, for it takes them for text.

export function squeeze() {
  return {
    name: "squeeze",
    apply: "build",
    enforce: "pre",
    transform(code, id) {
      if (!id.endsWith(".ts") || id.includes("node_modules")) return null;
      const bare = id.endsWith("styles.ts") ? code.replace(/\/\*[^]*?\*\//g, "") : code;
      return { code: bare.replace(/\n\s+/g, "\n"), map: null };
    },
  };
}
