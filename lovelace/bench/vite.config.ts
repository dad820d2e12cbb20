import { defineConfig } from "vite";

// Into a folder that nobody packs.
export default defineConfig({
  build: {
    target: "es2022",
    outDir: "node_modules/.bench",
    lib: {
      entry: "bench/template.ts",
      formats: ["iife"],
      name: "bench",
      fileName: "template",
    },
  },
});
