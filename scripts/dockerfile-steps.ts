import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join, matchesGlob } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { instructionsOf } from './dockerfile.ts'

/*
 * Runs the Dockerfile's own steps in a temporary folder, starts the result and waits for its health check: for machines
 * without a container engine. Each stage is a folder, and absolute paths lead into it. What this cannot check: the base
 * image (Node is the one that runs this), users and owners, the isolation of one stage's tools from the machine's.
 */
