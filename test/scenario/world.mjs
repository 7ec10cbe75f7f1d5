// SPDX-License-Identifier: MIT
//
// world.mjs: what one scenario lives in: a folder, servers, people with
// tokens, variables; and the verbs by which statements act on it.  Every
// answer of a server passes through api(), which holds it against the
// server's own OpenAPI document.
import { spawn } from 'node:child_process';
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { Api, general_id } from '../lib/api.mjs';
import { call, follow } from '../lib/http.mjs';
import { ROOT, Server, environment, folder_copy, scratch_create, scratch_remove,
	volume_create } from '../lib/server.mjs';
import { fill } from './check.mjs';

const COMMAND_MS = 300000;

export class Failure extends Error {}

export class World {
	constructor(options) {
		this.binary = path.resolve(options.binary);
		this.called = options.called; // ids of operations, shared
		this.dir = scratch_create('scenario');
		this.out = path.join(this.dir, 'out');
		this.folder = path.join(this.dir, 'folder');
		this.servers = new Map();
		this.tokens = new Map();
		this.apis = new Map();
		this.ends = []; // what else has to end well
		this.variables = { out: this.out, dir: this.dir,
			folder: this.folder, root: ROOT,
			unique: String(crypto.randomInt(100000, 1000000)) };
		volume_create(this.out);
		// sqlite3 of a scenario waits for what the server holds.
		fs.writeFileSync(path.join(this.dir, '.sqliterc'),
			'.timeout 30000\n');
	}

	get server() {
		const last = [...this.servers.values()].at(-1);

		if (last === undefined)
			throw new Failure('there is no server');
		return last;
	}

	server_named(name) {
		if (!this.servers.has(name))
			throw new Failure(`there is no server ${name}`);
		return this.servers.get(name);
	}

	async server_add(name, options) {
		const dir = path.join(this.dir, name);

		if (!fs.existsSync(this.folder))
			folder_copy(path.join(ROOT, 'test/folder'), this.folder,
				this.out);
		fs.mkdirSync(dir, { mode: 0o755 });
		const server = new Server({ binary: this.binary, dir,
			folder: this.folder, ...options });

		this.servers.set(name, server);
		await server.start();
		Object.assign(this.variables, { socket: server.socket,
			data: server.data, log: server.log,
			port: String(server.port ?? '') });
		if (!this.apis.has(server.socket))
			await this.api_learn(server);
		return server;
	}

	// The document as one sees it who may see everything.
	async api_learn(server) {
		const reply = await call(server.where, 'GET', '/openapi.json');

		if (reply.status !== 200)
			throw new Failure(`GET /openapi.json: ${reply.status} ` +
				reply.text);
		this.apis.set(server.socket, new Api(JSON.parse(reply.text)));
		this.called.add('openapi.get');
	}

	// Undefined for the operator on the socket, null for nobody.
	async token_of(who) {
		if (who === 'operator')
			return undefined;
		if (who === 'nobody')
			return null;
		if (!this.tokens.has(who)) {
			const reply = await this.api('operator', 'POST', '/v1/tokens', {
				body: JSON.stringify({ person: who, name: 'scenario' }),
			});

			if (Math.floor(reply.status / 100) !== 2)
				throw new Failure(`no token for ${who}: ${reply.text}`);
			this.tokens.set(who, JSON.parse(reply.text).token);
		}
		return this.tokens.get(who);
	}

	// One call as somebody.  What is said without a token goes by TCP.
	async api(who, method, target, options = {}) {
		const { headers = {}, body = null, token, limit } = options;
		const server = options.server ?? this.server;
		const bearer = token ?? await this.token_of(who);
		const all = { ...headers };

		if (bearer)
			all.Authorization ??= `Bearer ${bearer}`;
		if (body !== null && !Object.keys(all).some(
			n => n.toLowerCase() === 'content-type'))
			all['Content-Type'] = 'application/json';
		if (method === 'POST' && all['Idempotency-Key'] === undefined)
			all['Idempotency-Key'] = crypto.randomUUID();
		const where = bearer === null ? { port: server.port } : server.where;
		const reply = await call(where, method, target,
			{ headers: all, body, limit });

		this.reply_check(server, method, target, reply);
		return reply;
	}

	async json(who, method, target, value, options = {}) {
		const reply = await this.api(who, method, target, { ...options,
			body: value === undefined ? null : JSON.stringify(value) });

		return { ...reply, json: reply.text === '' ? null :
			JSON.parse(reply.text) };
	}

	reply_check(server, method, target, reply) {
		const api = this.apis.get(server.socket);
		const operation = api?.find(method, target);

		if (operation)
			this.called.add(general_id(operation.id));
		const errors = api?.check(method, target, reply) ?? [];

		if (errors.length > 0)
			throw new Failure(`${method} ${target}: the reply is not what ` +
				`/openapi.json promises:\n  ${errors.join('\n  ')}\n` +
				`${reply.status} ${excerpt(reply.text)}`);
	}

	// of: a run, or the path of another stream.
	async follow(who, of, options, fn) {
		const server = options.server ?? this.server;
		const token = await this.token_of(who);
		const target = of.startsWith('/') ? of : `/v1/runs/${of}/follow`;
		const headers = { ...options.headers };
		const operation = this.apis.get(server.socket)?.find('GET', target);

		if (token)
			headers.Authorization = `Bearer ${token}`;
		if (operation)
			this.called.add(general_id(operation.id));
		return follow(server.where, target, { ...options, headers }, event => {
			this.event_check(server, event);
			return fn(event);
		});
	}

	event_check(server, event) {
		const names = { run: 'Run', step: 'StepView', end: 'Run',
			event: 'AuditEvent', item: 'InboxItem' };
		const value = JSON.parse(event.data);
		const errors = names[event.event] === undefined ? [] :
			this.apis.get(server.socket).check_component(
				names[event.event], value);

		if (errors.length > 0)
			throw new Failure(`event ${event.event}: ` +
				`${errors.join(', ')}: ${excerpt(event.data)}`);
	}

	// A program, ended after a limit: {code, out, err}.
	command(file, args, options = {}) {
		const child = spawn(file, args, { cwd: this.dir,
			env: { ...environment(this.dir), ...options.env },
			stdio: ['pipe', 'pipe', 'pipe'] });
		const parts = { out: [], err: [] };

		child.stdout.on('data', part => parts.out.push(part));
		child.stderr.on('data', part => parts.err.push(part));
		child.stdin.on('error', () => {});
		child.stdin.end(options.input ?? '');
		return new Promise((resolve, reject) => {
			const timer = setTimeout(() => child.kill('SIGKILL'),
				options.limit ?? COMMAND_MS);

			child.on('error', reject);
			child.on('close', (code, signal) => {
				clearTimeout(timer);
				resolve({ code: code ?? `killed by ${signal}`,
					out: Buffer.concat(parts.out).toString('utf8'),
					err: Buffer.concat(parts.err).toString('utf8') });
			});
		});
	}

	async cli(who, args, options = {}) {
		const token = await this.token_of(who);
		const env = { SLIPWAY_SOCKET: this.server.socket };

		if (token)
			env.SLIPWAY_TOKEN = token;
		const answer = await this.command(this.binary, args,
			{ env: { ...env, ...options.env }, input: options.input });

		if (/Sanitizer|runtime error:/.test(answer.err))
			throw new Failure(`slipway ${args.join(' ')}:\n${answer.err}`);
		return answer;
	}

	fill(text) {
		return fill(text, this.variables);
	}

	// Every server ends well, and its audit chain holds.
	async finish() {
		for (const [name, server] of this.servers) {
			const broken = server.log_broken();

			if (broken !== null)
				throw new Failure(`${name} is broken:\n${broken}`);
			if (!server.running)
				continue;
			const reply = await this.api('operator', 'GET',
				'/v1/audit/verify', { server });

			if (reply.status !== 200)
				throw new Failure(`audit verify: ${reply.text}`);
			const exit = await server.stop();

			if (exit.code !== 0)
				throw new Failure(`${name} ended with ` +
					`${exit.code ?? exit.signal} after SIGTERM\n` +
					server.log_tail(40).join('\n'));
			// `set damaged = "…"`: the scenario has spoilt it.
			const whole = this.variables.damaged === undefined ?
				await this.command(this.binary,
					['fsck', server.data]) : { code: 0 };

			if (whole.code !== 0)
				throw new Failure(`fsck: ${whole.out}${whole.err}`);
		}
	}

	async destroy(keep) {
		for (const server of this.servers.values())
			await server.kill();
		for (const end of this.ends)
			await end();
		if (!keep)
			await scratch_remove(this.dir);
	}
}

export function excerpt(text, length = 2000) {
	return text.length > length ? `${text.slice(0, length)} …` : text;
}
