import { minify } from "terser";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

/** Makes scripts smaller than rolldown leaves them, by a kilobyte when they are compressed. Rolldown shortens private names first. */
function minifyAgain(): Plugin {
  return {
    name: "minify-again",
    apply: "build",
    async generateBundle(_, bundle) {
      for (const output of Object.values(bundle)) {
        if (output.type === "chunk") {
          const { code } = await minify(output.code, { module: true, ecma: 2020, compress: { passes: 2 } });
          output.code = code ?? output.code;
        }
      }
    },
  };
}

// Stable names: the server embeds these very files, and a rebuild is compared with what is committed.
export default defineConfig({
  base: "./",
  plugins: [minifyAgain()],
  build: {
    target: "es2022",
    modulePreload: false,
    cssCodeSplit: false,
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    rolldownOptions: {
      // The second minification takes nearly all of it.
      checks: { pluginTimings: false },
      output: {
        entryFileNames: "app.js",
        assetFileNames: "app[extname]",
        codeSplitting: false,
      },
    },
  },
  worker: {
    format: "es",
    plugins: () => [minifyAgain()],
    rolldownOptions: { output: { entryFileNames: "store.js", assetFileNames: "engine[extname]" } },
  },
  // For `npm run dev`, beside `logrtc serve --allow-origin http://localhost:5173`.
  server: {
    proxy: { "/signaling": { target: "ws://127.0.0.1:8080", ws: true, changeOrigin: true } },
  },
  test: {
    // A machine that runs something else beside them is slow.
    testTimeout: 60_000,
    include: ["{consumer,store,src}/**/*.test.ts"],
  },
});
