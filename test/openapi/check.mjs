#!/usr/bin/env node
// SPDX-License-Identifier: MIT
//
// check.mjs: /openapi.json with 500 tasks and as many request types passes a
// stock validator of OpenAPI 3.1 for everybody who may see it, and has a typed
// path for each of them.
//
//	check.mjs --modules DIR [--binary FILE] [--tasks N]
//
// DIR is where `npm ci` put the packages of package.json.
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { call } from '../lib/http.mjs';
import { ROOT, Server, folder_copy, scratch_create, scratch_remove,
	volume_create } from '../lib/server.mjs';

const { values: options } = parseArgs({ options: {
	modules: { type: 'string' },
	binary: { type: 'string',
		default: path.join(ROOT, 'build/asan/slipway') },
	tasks: { type: 'string', default: '500' },
} });

const { Validator } = await import(pathToFileURL(path.resolve(
	options.modules ?? 'build/openapi',
	'node_modules/@seriousme/openapi-schema-validator/index.js')));

function task(i) {
	return `task: made-${i}
doc: Number ${i}.
params:
  name: {type: string, pattern: "[a-z]{1,${1 + i % 30}}", required: true}
  size: {type: integer, min: ${i}, max: ${i * 2 + 1}, default: ${i}}
  ratio: {type: number, default: 0.5}
  fast: {type: boolean, default: false}
  colour: {type: choice, choices: [red, green, "blue ${i}"], default: red}
  hosts: {type: list, of: integer, max: 5, default: []}
  password: {type: secret, min: 8}
run: "true"
---
request: made-${i}
title: Number ${i}
project: OPS
task: made-${i}
`;
}

const dir = scratch_create('openapi');
const folder = path.join(dir, 'folder');
const server = new Server({ binary: options.binary, folder,
	dir: path.join(dir, 's') });
let failed = 0;

async function document_of(person) {
	const headers = {};

	if (person !== null) {
		const made = await call(server.where, 'POST', '/v1/tokens', {
			headers: { 'Content-Type': 'application/json' },
			body: JSON.stringify({ person, name: 'openapi' }) });

		headers.Authorization = `Bearer ${JSON.parse(made.text).token}`;
	}
	const reply = await call(server.where, 'GET', '/openapi.json',
		{ headers });

	if (reply.status !== 200)
		throw new Error(`/openapi.json: ${reply.status} ${reply.text}`);
	return JSON.parse(reply.text);
}

async function check(person, wanted) {
	const document = await document_of(person);
	const result = await new Validator().validate(document);
	const typed = Object.keys(document.paths).filter(p =>
		/^\/v1\/(tasks\/made-\d+\/runs|requests\/made-\d+\/tickets)$/
			.test(p)).length;
	const ids = Object.values(document.paths).flatMap(item =>
		Object.values(item).map(o => o.operationId));
	const wrong = [];

	if (!result.valid)
		wrong.push(JSON.stringify(result.errors, null, 1).slice(0, 4000));
	if (typed !== wanted)
		wrong.push(`${typed} typed paths, and not ${wanted}`);
	if (new Set(ids).size !== ids.length)
		wrong.push('an operationId is there twice');
	if (wrong.length > 0)
		failed++;
	console.log(`${wrong.length > 0 ? 'FAIL ' : 'ok   '} openapi of ` +
		`${person ?? 'the operator'}: ${ids.length} operations, ${typed} ` +
		`typed${wrong.map(w => `\n      ${w}`).join('')}`);
}

try {
	volume_create(path.join(dir, 'out'));
	folder_copy(path.join(ROOT, 'test/folder'), folder, path.join(dir, 'out'));
	fs.mkdirSync(path.join(dir, 's'));
	fs.writeFileSync(path.join(folder, 'made.yaml'), Array.from(
		{ length: Number(options.tasks) }, (unused, i) => task(i))
		.join('---\n'));
	await server.start();
	await check('tina', 2 * Number(options.tasks));
	await check('ernie', 2 * Number(options.tasks));
	await check('olga', 0);
	await check(null, 0);
	await server.stop();
} catch (why) {
	console.log(`FAIL  openapi: ${why.stack}`);
	failed++;
} finally {
	await server.kill();
	await scratch_remove(dir);
}
process.exit(failed === 0 ? 0 : 1);
