#!/usr/bin/env node
// SPDX-License-Identifier: MIT
//
// check.mjs BINARY: start slipway with 500 tasks and as many request types, and hold
// its /openapi.json against a stock OpenAPI 3.1 validator.
import fs from 'node:fs';
import path from 'node:path';
import { Validator } from '@seriousme/openapi-schema-validator';
import { call } from '../lib/http.mjs';
import { Server, scratch_create, scratch_remove } from '../lib/server.mjs';

const TASKS = 500;
const TYPES = ['string', 'integer', 'number', 'boolean'];

function folder_write(dir) {
	const out = ['slipway: 1', 'team: platform',
		'projects: {OPS: {team: platform}}', '---',
		'people: {tina: {name: Tina}}',
		'teams: {platform: {members: [tina]}}'];

	for (let i = 0; i < TASKS; i++)
		out.push('---', `task: task-${i}`, `doc: Task ${i}`, 'params:',
			`  name: {type: string, required: true, ` +
				'pattern: "[a-z][a-z0-9_]{1,30}", doc: A name}',
			`  value: {type: ${TYPES[i % TYPES.length]}}`,
			`  kind: {type: choice, choices: [a, b], default: a}`,
			'run: "true"', '---', `request: task-${i}`,
			`title: Task ${i}`, 'project: OPS', `task: task-${i}`);
	fs.mkdirSync(dir);
	fs.writeFileSync(path.join(dir, 'slipway.yaml'), out.join('\n') + '\n');
}

const dir = scratch_create('openapi');
const server = new Server({ binary: path.resolve(process.argv[2]), dir,
	folder: path.join(dir, 'folder') });
let failed = true;

try {
	folder_write(server.folder);
	await server.start();
	const token = JSON.parse((await call(server.where, 'POST', '/v1/tokens', {
		headers: { 'Content-Type': 'application/json' },
		body: JSON.stringify({ person: 'tina', name: 'openapi' }),
	})).text).token;
	const answer = await call(server.where, 'GET', '/openapi.json',
		{ headers: { Authorization: `Bearer ${token}` } });
	const document = JSON.parse(answer.text);
	const typed = Object.keys(document.paths)
		.filter(p => /task-\d+/.test(p)).length;
	const result = await new Validator().validate(document);

	if (!result.valid)
		console.error(JSON.stringify(result.errors, null, 1).slice(0, 4000));
	console.log(`${typed} typed paths, OpenAPI ${document.openapi}, ` +
		(result.valid ? 'valid' : 'NOT valid'));
	failed = !result.valid || typed !== 2 * TASKS;
} finally {
	await server.stop();
	await scratch_remove(dir);
}
process.exit(failed ? 1 : 0);
