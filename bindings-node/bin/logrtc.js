#!/usr/bin/env node
"use strict";

const { runCommandLine } = require("../lib/native");

// Blocks until it is interrupted: the process has nothing else to do.
process.exitCode = runCommandLine(["logrtc", ...process.argv.slice(2)]);
