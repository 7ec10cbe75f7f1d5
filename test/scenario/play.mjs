#!/usr/bin/env node
// SPDX-License-Identifier: MIT
//
// play.mjs: play test/scenario/*.scn against a slipway binary.
//
//	play.mjs [--binary FILE] [--jobs N] [--keep] [--red] [PART…]
//
// PART plays only the files whose name has it.  Prints a line per file, and
// for one that fails the statement, what was answered, and the end of the
// servers' logs.  When all files were played, an operation of /openapi.json
// that none of them called fails the run.  --red turns one expectation of
// each file round and wants every file to fail there: a test that cannot
// fail proves nothing.  --keep leaves the folders of failed ones.
import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { general_id } from '../lib/api.mjs';
import { ROOT } from '../lib/server.mjs';
import { parse, split } from './parse.mjs';
import { verbs } from './verbs.mjs';
import { Failure, World } from './world.mjs';

const HERE = path.join(ROOT, 'test/scenario');
const FILE_MS = 900000;

const { values: options, positionals: parts } = parseArgs({
	allowPositionals: true,
	options: {
		binary: { type: 'string',
			default: path.join(ROOT, 'build/asan/slipway') },
		jobs: { type: 'string', default: '2' },
		keep: { type: 'boolean', default: false },
		red: { type: 'boolean', default: false },
	},
});

const called = new Set();
let promised = null; // operations of the last document seen

function scenario_files() {
	return fs.readdirSync(HERE).filter(n => n.endsWith('.scn')).sort()
		.filter(n => parts.length === 0 || parts.some(p => n.includes(p)));
}

// The last statement that expects something, made to fail.
function mutate(statements) {
	for (const s of statements.slice().reverse()) {
		const at = s.words.findIndex(w => w.text === '->');
		const code = s.words[at + 1];

		if (s.words[0].text === 'word' ||
			s.words.some(w => w.text === 'process')) {
			s.mutated = true;
			return s;
		}
		if (at >= 0 && /^[\dX|]+$/.test(code?.text ?? '')) {
			code.text = code.text === '299' ? '298' : '299';
			return s;
		}
		// It is asked until it holds, so a wish that never does, not long.
		if (s.words.some(w => w.text === 'expect')) {
			if (s.words.at(-2).text === 'within')
				s.words.splice(-2);
			s.words.push(...split('.never exists within 1s', s.file));
			return s;
		}
	}
	return null;
}

async function statement_run(world, statement) {
	const verb = verbs[statement.words[0].text];

	if (verb === undefined)
		throw new Failure(`unknown statement '${statement.words[0].text}'`);
	await verb(world, { ...statement,
		where: `${statement.file}:${statement.line}` });
}

async function play(name) {
	const file = path.join(HERE, name);
	const result = { name, began: Date.now(), failure: null, at: null };
	const world = new World({ binary: options.binary, called });

	try {
		const statements = parse(fs.readFileSync(file, 'utf8'), name);

		result.title = statements[0].words[1]?.text ?? '';
		const mutated = options.red ? mutate(statements) : null;
		const timer = setTimeout(() => {
			world.late = true;
		}, FILE_MS);

		result.mutated = mutated?.line;
		for (const statement of statements.slice(1)) {
			result.at = statement;
			if (world.late)
				throw new Failure(`not done within ${FILE_MS} ms`);
			await statement_run(world, statement);
		}
		clearTimeout(timer);
		result.at = null;
		await world.finish();
	} catch (why) {
		result.failure = why instanceof Failure ? why.message :
			why.stack ?? String(why);
	}
	result.log = [...world.servers].map(([id, s]) =>
		[`the log of ${id} ends:`, ...s.log_tail().map(l => `  ${l}`)])
		.flat().join('\n');
	for (const api of world.apis.values())
		promised = new Set([...promised ?? [],
			...api.operations.map(o => general_id(o.id))]);
	result.dir = world.dir;
	await world.destroy(options.keep && result.failure !== null);
	return result;
}

function report(result) {
	const seconds = ((Date.now() - result.began) / 1000).toFixed(1);
	const line = result.at === null ? '' :
		`${result.name}:${result.at.line}: ${result.at.text}`;

	if (options.red) {
		const good = result.failure !== null && result.at !== null &&
			result.at.line === result.mutated;

		console.log(`${good ? 'red   ' : 'GREEN '}${result.name} ` +
			`line ${result.mutated ?? '-'}`);
		if (!good && result.failure !== null)
			console.log(`      ${line}\n      ${result.failure}`);
		return good;
	}
	if (result.failure === null) {
		console.log(`ok    ${result.name} (${seconds} s)`);
		return true;
	}
	console.log(`FAIL  ${result.name} (${seconds} s)\n` + [line,
		result.failure, result.log,
		options.keep ? `left: ${result.dir}` : ''].filter(t => t !== '')
		.join('\n').replace(/^/gm, '      '));
	return false;
}

// False when an operation was never called.
function coverage() {
	const missing = [...promised ?? []].filter(id => !called.has(id)).sort();

	if (missing.length === 0)
		return true;
	console.log(`FAIL  operations that no scenario calls: ` +
		missing.join(', '));
	return false;
}

const waiting = scenario_files();
let passed = 0, failed = 0;

async function worker() {
	for (let name; (name = waiting.shift()) !== undefined;) {
		if (report(await play(name)))
			passed++;
		else
			failed++;
	}
}

if (waiting.length === 0) {
	console.error(`play: no scenario has '${parts.join('\', \'')}'`);
	process.exit(2);
}
await Promise.all(Array.from({ length: Number(options.jobs) }, worker));
if (parts.length === 0 && !options.red && !coverage())
	failed++;
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
