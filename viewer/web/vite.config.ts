import { defineConfig } from "vitest/config";

// Stable names: the server embeds these very files, and a rebuild is compared with what is committed.
export default defineConfig({
  base: "./",
  build: {
    target: "es2022",
    modulePreload: false,
    cssCodeSplit: false,
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    rolldownOptions: {
      output: {
        entryFileNames: "app.js",
        assetFileNames: "app[extname]",
        codeSplitting: false,
      },
    },
  },
  worker: {
    format: "es",
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
