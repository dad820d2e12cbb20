import { playwright } from "@vitest/browser-playwright";
import { existsSync } from "node:fs";
import { defineConfig } from "vitest/config";

import { compress } from "./tools/compress.js";
import { apart } from "./tools/icons.js";
import { squeeze } from "./tools/squeeze.js";

// The system's Chromium where there is one, Playwright's own elsewhere.
const CHROMIUM = ["/usr/bin/chromium", "/usr/bin/chromium-browser"].find((path) =>
  existsSync(path),
);

export default defineConfig({
  plugins: [squeeze(), apart(), compress()],
  build: {
    target: "es2022",
    lib: { entry: "src/entry.ts", formats: ["es"] },
    license: { fileName: "licenses.md" },
    modulePreload: false,
    reportCompressedSize: false,
    rolldownOptions: {
      // What the lazy parts share with the entry stays in it: one file to begin with.
      preserveEntrySignatures: false,
      output: {
        entryFileNames: "energy-park.js",
        chunkFileNames: "[name]-[hash].js",
        minify: true,
      },
    },
  },
  test: {
    projects: [
      {
        test: {
          name: "logic",
          include: ["test/logic/**/*.test.ts"],
          environment: "node",
        },
      },
      {
        // Found in time: what is found while tests run reloads their page.
        optimizeDeps: {
          include: ["@mdi/js", "axe-core", "lit", "lit/directives/repeat.js"],
        },
        test: {
          name: "browser",
          include: ["test/browser/**/*.test.ts"],
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({
              launchOptions: {
                ...(CHROMIUM && { executablePath: CHROMIUM }),
                // Root in a container has no sandbox; nothing foreign is opened.
                args: ["--no-sandbox"],
              },
            }),
            instances: [{ browser: "chromium" }],
          },
        },
      },
    ],
  },
});
