// SPDX-License-Identifier: MIT
//
// verbs.mjs: the statements of a scenario, one function each.  docs/guide/
// testing.md has the language; to add a statement, add it to `verbs`.  What
// does not fit into one line is a word of its own: `word NAME …` runs the
// default function of words/NAME.mjs with the world and its arguments.
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { processes_named, until } from '../lib/server.mjs';
import { checks_failed, checks_parse } from './check.mjs';
import { Failure, excerpt } from './world.mjs';

const WITHIN_MS = 120000;

// Words before `->`, and the expectation behind it.
function arrow(words, where) {
	const at = words.findIndex(w => w.kind === 'word' && w.text === '->');

	if (at < 0)
		throw new Failure(`${where}: no -> with what is expected`);
	return [words.slice(0, at), words[at + 1]?.text,
		checks_parse(words.slice(at + 2), where)];
}

const UNIT_MS = { ms: 1, s: 1000, m: 60000, h: 3600000, d: 86400000 };

function duration(text) {
	const match = /^(-?\d+)(ms|s|m|h|d)$/.exec(text);

	if (match === null)
		throw new Failure(`'${text}' is no time such as 10s`);
	return Number(match[1]) * UNIT_MS[match[2]];
}

// `within 10s` at the end, when it is there.
function take_within(words) {
	if (words.at(-2)?.text !== 'within')
		return [words, WITHIN_MS];
	return [words.slice(0, -2), duration(words.at(-1).text)];
}

function hold(statement, checks, subject, variables, shown) {
	const failed = checks_failed(checks, subject, variables);

	if (failed.length > 0)
		throw new Failure(`${failed.join('\n')}\n${shown}`);
}

function reply_subject(reply) {
	let json;

	try {
		json = JSON.parse(reply.text);
	} catch {
		json = undefined;
	}
	return { json, headers: reply.headers, texts: { body: reply.text } };
}

// header "Name: value" | bytes "…" | file PATH | from $variable | JSON
function api_options(world, words, heredoc) {
	const options = { headers: {}, body: heredoc };

	while (words.length > 0) {
		const word = words.shift();

		if (word.kind === 'json') {
			options.body = world.fill(word.text);
		} else if (word.text === 'header') {
			const [, name, value] = /^([^:]+):\s*(.*)$/s.exec(
				world.fill(words.shift().text));

			options.headers[name] = value;
		} else if (word.text === 'bytes') {
			options.body = Buffer.from(words.shift().text, 'latin1');
		} else if (word.text === 'file') {
			options.body = fs.readFileSync(world.fill(words.shift().text));
		} else if (word.text === 'token') {
			options.token = world.fill(words.shift().text);
		} else {
			throw new Failure(`'${word.text}' is nothing to send`);
		}
	}
	return options;
}

async function api(world, who, statement) {
	const [words, status, checks] = arrow(statement.words, statement.where);
	const [, method, target, ...rest] = words;
	const options = api_options(world, rest, statement.heredoc === null ?
		null : world.fill(statement.heredoc));
	const reply = await world.api(who, method.text, world.fill(target.text),
		options);
	const shown = `${reply.status} ${excerpt(reply.text)}`;

	if (!status_fits(status, reply.status))
		throw new Failure(`expected ${status}\n${shown}`);
	hold(statement, checks, reply_subject(reply), world.variables, shown);
}

// 201, 2XX or 201|200
function status_fits(wanted, status) {
	return wanted.split('|').some(w =>
		new RegExp(`^${w.replaceAll('X', '\\d')}$`).test(String(status)));
}

// A command line as a shell would split it.
export function shell_split(text) {
	const words = [];
	const pattern = /\s*((?:'[^']*'|"(?:\\.|[^"\\])*"|[^\s'"])+)/gy;
	let match;

	while ((match = pattern.exec(text)) !== null)
		words.push(match[1].replace(/'([^']*)'|"((?:\\.|[^"\\])*)"/g,
			(all, plain, quoted) => plain ??
				quoted.replace(/\\(.)/g, '$1')));
	return words;
}

async function cli(world, who, statement) {
	const [words, code, checks] = arrow(statement.words, statement.where);
	const options = { input: statement.heredoc ?? '', env: {} };
	const line = world.fill(words[1].text);

	for (let i = 2; i < words.length; i++) {
		if (words[i].text === 'stdin') {
			options.input = world.fill(words[++i].text);
		} else if (words[i].text === 'env') {
			const [name, value] = words[++i].text.split('=');

			options.env[name] = world.fill(value);
		}
	}
	await command_hold(statement, await world.cli(who, shell_split(line),
		options), code, checks, world);
}

async function command_hold(statement, answer, code, checks, world) {
	const shown = `exit ${answer.code}\nout: ${excerpt(answer.out)}\n` +
		`err: ${excerpt(answer.err)}`;
	let json;

	try {
		json = JSON.parse(answer.out);
	} catch {
		json = undefined;
	}
	if (!code.split('|').includes(String(answer.code)))
		throw new Failure(`expected exit code ${code}\n${shown}`);
	hold(statement, checks, { json, headers: {}, texts: answer },
		world.variables, shown);
}

const RESOURCES = { run: '/v1/runs/', ticket: '/v1/tickets/' };

// expect run R-1 .run.status == "x" within 10s: asked until it holds.
async function expect(world, who, statement) {
	const [words, within] = take_within(statement.words.slice(1));
	const kind = words[0].text;
	const key = world.fill(words[1].text);
	let last = 'nothing was answered', checks;
	let look;

	if (kind === 'run' || kind === 'ticket' || kind === 'GET') {
		const target = kind === 'GET' ? key : RESOURCES[kind] + key;

		checks = checks_parse(words.slice(2), statement.where);
		look = async () => {
			const reply = await world.api(who, 'GET', target);

			last = `${reply.status} ${excerpt(reply.text, 4000)}`;
			return reply.status === 200 ? reply_subject(reply) : null;
		};
	} else if (kind === 'file') {
		checks = checks_parse(words.slice(2), statement.where);
		look = async () => file_subject(key);
	} else if (kind === 'folder') {
		checks = checks_parse(words.slice(2), statement.where);
		look = async () => ({ json: { entries: fs.readdirSync(key).sort() },
			headers: {}, texts: {} });
	} else if (kind === 'process' || kind === 'no') {
		const text = kind === 'no' ? world.fill(words[2].text) : key;
		const wanted = kind !== 'no' !== (statement.mutated === true);

		if (!await until(statement.mutated ? 1000 : within, () =>
			(processes_named(text).length > 0) === wanted))
			throw new Failure(`processes with '${text}': ` +
				`${processes_named(text).length}`);
		return;
	} else {
		throw new Failure(`expect what? not '${kind}'`);
	}
	await expect_hold(world, checks, look, within, () => last);
}

async function expect_hold(world, checks, look, within, last) {
	let failed = ['nothing was there'];
	const held = await until(within, async () => {
		const subject = await look();

		if (subject === null)
			return false;
		failed = checks_failed(checks, subject, world.variables);
		return failed.length === 0;
	});

	if (!held)
		throw new Failure(`within ${within} ms:\n${failed.join('\n')}\n` +
			last());
}

// .lines is a list, .exists a word; text as a whole.
function file_subject(file) {
	const there = fs.existsSync(file);
	const text = there ? fs.readFileSync(file, 'utf8') : '';
	const lines = text.split('\n');

	if (lines.at(-1) === '')
		lines.pop();
	return { json: { there, lines, text }, headers: {}, texts: { text } };
}

// follow R-1 [from "ID"] -> events …: until it ends.  Of another stream, by its
// path: [events N], the first so many.
async function follow(world, who, statement) {
	const [words, within] = take_within(statement.words);
	const run = world.fill(words[1].text);
	const headers = {};
	const events = [];

	const option = name => {
		const at = words.findIndex(w => w.text === name);

		return at < 0 ? undefined : world.fill(words[at + 1].text);
	};
	const most = Number(option('events') ?? Infinity);

	if (option('from') !== undefined)
		headers['Last-Event-ID'] = option('from');
	const at = words.findIndex(w => w.text === '->');
	const checks = checks_parse(words.slice(at + 1), statement.where);
	const end = await world.follow(who, run, { headers, limit: within },
		event => {
			events.push({ id: event.id, event: event.event,
				...JSON.parse(event.data) });
			return event.event !== 'end' && events.length < most;
		});

	if (end.status !== 200)
		throw new Failure(`${end.status} ${end.text}`);
	const log = events.filter(e => e.event === 'log')
		.map(e => e.text).join('');

	hold(statement, checks, { json: { events, last: events.at(-1) },
		headers: {}, texts: { log } }, world.variables,
		events.map(e => JSON.stringify(e)).join('\n'));
}

const ACTIONS = { api, cli, expect, follow };

// as NAME: …, operator: …, nobody: …
async function act(world, statement) {
	const words = statement.words;
	const named = words[0].text === 'as';
	const who = words[named ? 1 : 0].text.replace(/:$/, '');
	const rest = words.slice(named ? 2 : 1);

	if (!(rest[0]?.text in ACTIONS))
		throw new Failure(`'${rest[0]?.text}' is no action`);
	await ACTIONS[rest[0].text](world, who, { ...statement, words: rest });
}

async function server(world, { words }) {
	const options = {};
	let fails = null;

	for (let i = 2; i < words.length; i++) {
		if (words[i].text === 'slots')
			options.slots = Number(words[++i].text);
		else if (words[i].text === 'listen')
			options.listen = true;
		else if (words[i].text === 'env') {
			const [name, ...value] = words[++i].text.split('=');

			options.env = { ...options.env,
				[name]: world.fill(value.join('=')) };
		} else
			throw new Failure(`'${words[i].text}' is no option`);
	}
	await world.server_add(words[1].text, options);
	return fails;
}

function folder_file(world, name) {
	return path.join(world.folder, world.fill(name));
}

export const verbs = {
	as: act,
	'operator:': act,
	'nobody:': act,
	expect: (world, statement) => expect(world, 'operator', statement),
	server,
	async crash(world, { words }) {
		await world.server_named(words[1].text).kill();
	},
	async restart(world, { words }) {
		const it = world.server_named(words[1].text);

		if (it.running)
			await it.stop();
		await it.start();
	},
	async stop(world, { words, where }) {
		const exit = await world.server_named(words[1].text).stop();
		const wanted = words[2]?.text === '->' ? words[3].text : '0';

		if (String(exit.code) !== wanted)
			throw new Failure(`${where}: ended with ` +
				`${exit.code ?? exit.signal}`);
	},
	// clock s1 25h: both clocks, as after a long sleep; clock s1 wall -1h: by
	// hand.  From the true time, not from the last shift.
	clock(world, { words }) {
		const wall = words[2].text === 'wall';
		const ms = duration(world.fill(words[wall ? 3 : 2].text));

		world.server_named(words[1].text).clock_shift(ms, wall ? 0 : ms);
	},
	write(world, { words, heredoc }) {
		const file = folder_file(world, words[1].text);
		const text = world.fill(heredoc).replaceAll('@OUT@', world.out);

		// As an editor does it: never half a file.
		fs.mkdirSync(path.dirname(file), { recursive: true });
		fs.writeFileSync(`${file}.new`, text, {
			mode: words[2]?.text === 'executable' ? 0o755 : 0o644 });
		fs.renameSync(`${file}.new`, file);
	},
	remove(world, { words }) {
		fs.rmSync(folder_file(world, words[1].text));
	},
	async sh(world, statement) {
		const [words, code, checks] = arrow(statement.words,
			statement.where);
		const answer = await world.command('/bin/sh',
			['-euc', world.fill(words[1].text)],
			{ env: { slipway: world.binary } });

		await command_hold(statement, answer, code, checks, world);
	},
	set(world, { words }) {
		world.variables[words[1].text] = world.fill(words[3].text);
	},
	async secret(world, { words }) {
		const reply = await world.json('operator', 'PUT',
			`/v1/secrets/${words[1].text}`,
			{ value: world.fill(words[2].text) });

		if (reply.status !== 200)
			throw new Failure(`${reply.status} ${reply.text}`);
	},
	async word(world, { words, mutated }) {
		const file = path.join(import.meta.dirname ?? path.dirname(
			new URL(import.meta.url).pathname),
			'words', `${words[1].text}.mjs`);
		const { default: run } = await import(pathToFileURL(file));

		await run(world, words.slice(2).map(w => world.fill(w.text)),
			{ mutated: mutated === true });
	},
};
