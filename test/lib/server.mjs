// SPDX-License-Identifier: MIT
//
// server.mjs: one slipway server on a folder and a data folder of its own,
// with what a test does to it: start, kill, end, read its log.  Whatever is
// started here is known by its process id and ended by it.
import { spawn } from 'node:child_process';
import crypto from 'node:crypto';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { call } from './http.mjs';

const READY_MS = 300000;
const STOP_MS = 120000;

export const ROOT = path.resolve(import.meta.dirname ??
	path.dirname(new URL(import.meta.url).pathname), '../..');

export function pause(ms) {
	return new Promise(resolve => setTimeout(resolve, ms));
}

// Until fn answers something true; null when it did not within ms.
export async function until(ms, fn) {
	const end = Date.now() + ms;

	for (let wait = 5; ; wait = Math.min(wait * 2, 50)) {
		const value = await fn();

		if (value || Date.now() >= end)
			return value || null;
		await pause(wait);
	}
}

function port_is_free(port) {
	return new Promise(resolve => {
		const probe = net.createServer();

		probe.on('error', () => resolve(false));
		probe.listen(port, '127.0.0.1',
			() => probe.close(() => resolve(true)));
	});
}

// Below those that the kernel gives to whoever connects somewhere: none of
// them takes it before the server does, or while it is being restarted.
export async function port_free() {
	for (;;) {
		const port = 20000 + crypto.randomInt(12000);

		if (await port_is_free(port))
			return port;
	}
}

const scratches = new Set();

// A place that tasks of other users can enter.  /tmp is private to a task.
// When this process is told to end, what lives there ends and it goes.
export function scratch_create(name) {
	const base = process.env.SLIPWAY_TEST_DIR ?? '/var/tmp';
	const dir = fs.mkdtempSync(path.join(base, `slipway-${name}-`));

	if (scratches.size === 0)
		for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
			process.once(signal, scratches_leave);
	scratches.add(dir);
	fs.chmodSync(dir, 0o755);
	return dir;
}

async function scratches_leave() {
	await Promise.all([...scratches].map(scratch_remove));
	process.exit(130);
}

// The user whose folder the tasks of a test write to.
export const TASK_UID = process.getuid() === 0 ? 61190 : process.getuid();

export function volume_create(dir) {
	fs.mkdirSync(dir, { recursive: true, mode: 0o755 });
	if (process.getuid() === 0)
		fs.chownSync(dir, TASK_UID, TASK_UID);
}

// Copy a folder; @OUT@ in its YAML becomes the volume.
export function folder_copy(from, to, out) {
	fs.cpSync(from, to, { recursive: true });
	for (const name of fs.readdirSync(to)) {
		const file = path.join(to, name);

		if (name.endsWith('.yaml'))
			fs.writeFileSync(file, fs.readFileSync(file, 'utf8')
				.replaceAll('@OUT@', out));
	}
}

export class Server {
	// options: binary, dir, folder, slots, listen, args, env
	constructor(options) {
		Object.assign(this, { slots: 4, listen: false, args: [], env: {} },
			options);
		this.binary = path.resolve(this.binary);
		this.data = path.join(this.dir, 'data');
		this.socket = path.join(this.dir, 'api.sock');
		this.log = path.join(this.dir, 'log');
		this.clock = path.join(this.dir, 'clock');
		this.child = null;
		this.exit = null;
	}

	get where() {
		return { socket: this.socket };
	}

	command() {
		const args = ['serve', '--folder', this.folder, '--data', this.data,
			'--socket', this.socket, '--slots', String(this.slots)];

		if (this.port)
			args.push('--listen', `127.0.0.1:${this.port}`);
		return [...args, ...this.args];
	}

	// Milliseconds to add to its wall clock, and to its boot clock, from now
	// on; debug and sanitizer builds only.
	clock_shift(wall, boot) {
		fs.writeFileSync(this.clock, Buffer.from(
			BigInt64Array.of(BigInt(wall), BigInt(boot)).buffer),
			{ flag: fs.existsSync(this.clock) ? 'r+' : 'w' });
	}

	async start() {
		const log = fs.openSync(this.log, 'a');

		if (this.listen && !this.port)
			this.port = await port_free();
		if (!fs.existsSync(this.clock))
			this.clock_shift(0, 0);
		this.exit = null;
		this.child = spawn(this.binary, this.command(), {
			stdio: ['ignore', log, log], cwd: this.dir,
			env: { ...environment(this.dir), ...this.env,
				SLIPWAY_CLOCK: this.clock },
		});
		fs.closeSync(log);
		this.gone = new Promise(resolve => {
			this.child.on('exit', (code, signal) => {
				this.exit = { code, signal };
				resolve(this.exit);
			});
		});
		const ready = await until(READY_MS, () => this.exit !== null ||
			this.answers());

		if (!ready || this.exit !== null)
			throw new Error(this.exit === null ?
				`the server was not ready within ${READY_MS} ms` :
				`the server ended at its start: ${exit_text(this.exit)}`);
	}

	async answers() {
		try {
			const reply = await call(this.where, 'GET', '/healthz',
				{ limit: 10000 });

			return reply.status === 200;
		} catch {
			return false;
		}
	}

	get running() {
		return this.child !== null && this.exit === null;
	}

	async kill() {
		if (!this.running)
			return;
		this.child.kill('SIGKILL');
		await this.gone;
	}

	// SIGTERM; the exit as {code, signal}.
	async stop() {
		if (!this.running)
			return this.exit;
		this.child.kill('SIGTERM');
		const done = await Promise.race([this.gone,
			pause_unref(STOP_MS)]);

		if (done === undefined) {
			this.child.kill('SIGKILL');
			await this.gone;
			throw new Error(`SIGTERM: still there after ${STOP_MS} ms`);
		}
		return done;
	}

	log_text() {
		return fs.existsSync(this.log) ?
			fs.readFileSync(this.log, 'utf8') : '';
	}

	// What a sanitizer or a failed assertion left in the log, or null.
	log_broken() {
		const text = this.log_text();
		const at = text.search(
			/ERROR: \w+Sanitizer|runtime error:|assertion failed|ASSERT/i);

		return at < 0 ? null : text.slice(at, at + 6000);
	}

	log_tail(lines = 30) {
		return this.log_text().trimEnd().split('\n').slice(-lines);
	}
}

function pause_unref(ms) {
	return new Promise(resolve => setTimeout(resolve, ms).unref());
}

export function exit_text({ code, signal }) {
	return signal === null ? `exit code ${code}` : `signal ${signal}`;
}

// What a program under test is started with: little, and the same anywhere.
export function environment(home) {
	return {
		PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
		HOME: home, XDG_CONFIG_HOME: path.join(home, 'config'),
		LANG: 'C.UTF-8', TERM: 'dumb',
		ASAN_OPTIONS: 'detect_leaks=0:abort_on_error=0',
		UBSAN_OPTIONS: 'print_stacktrace=1',
	};
}

function mentions(pid, dir) {
	const read = name => {
		try {
			return fs.readFileSync(`/proc/${pid}/${name}`, 'latin1');
		} catch {
			return '';
		}
	};
	const link = name => {
		try {
			return fs.readlinkSync(`/proc/${pid}/${name}`);
		} catch {
			return '';
		}
	};
	let fds = [];

	if (read('cmdline').includes(dir) || link('cwd').startsWith(dir))
		return true;
	try {
		fds = fs.readdirSync(`/proc/${pid}/fd`);
	} catch {
		return false;
	}
	return fds.some(fd => link(`fd/${fd}`).startsWith(dir));
}

// Processes that work below dir: only what a test started does.
export function processes_below(dir) {
	return fs.readdirSync('/proc').filter(name => /^\d+$/.test(name))
		.map(Number).filter(pid => pid !== process.pid &&
			mentions(pid, `${dir}/`));
}

// Of those whose command line has the text.
export function processes_named(text) {
	return fs.readdirSync('/proc').filter(name => /^\d+$/.test(name))
		.map(Number).filter(pid => {
			try {
				return pid !== process.pid && fs.readFileSync(
					`/proc/${pid}/cmdline`, 'latin1')
					.replaceAll('\0', ' ').includes(text);
			} catch {
				return false;
			}
		});
}

// End what is left of a test: keepers outlive their server, as they should.
export async function scratch_remove(dir) {
	await until(60000, () => {
		const left = processes_below(dir);

		for (const pid of left) {
			try {
				process.kill(pid, 'SIGKILL');
			} catch { /* it ended by itself */ }
		}
		return left.length === 0;
	});
	fs.rmSync(dir, { recursive: true, force: true, maxRetries: 20 });
	scratches.delete(dir);
}
