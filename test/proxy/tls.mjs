#!/usr/bin/env node
// SPDX-License-Identifier: MIT
//
// tls.mjs: slipway behind a real reverse proxy with TLS, as examples/proxy
// says: sign in, ask, follow a run to its end, and see in the audit chain that
// the client is named and cannot name itself.
//
//	tls.mjs haproxy|nginx [--binary FILE]
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { call } from '../lib/http.mjs';
import { ROOT, Server, environment, folder_copy, port_free, scratch_create,
	scratch_remove, until, volume_create } from '../lib/server.mjs';

const kind = process.argv[2];
const binary = path.resolve(process.argv[3] === '--binary' ? process.argv[4] :
	path.join(ROOT, 'build/asan/slipway'));
const dir = scratch_create('proxy');
const port = await port_free();
const url = `https://localhost:${port}`;
const server = new Server({ binary, dir: path.join(dir, 's'), listen: true,
	folder: path.join(dir, 'folder'), args: ['--proxy', '127.0.0.1'] });
let proxy = null, failed = 0;

function hold(what, ok, shown) {
	console.log(`${ok ? 'ok  ' : 'FAIL'}  ${kind}: ${what}`);
	if (!ok) {
		failed++;
		console.log(JSON.stringify(shown));
	}
}

function certificate() {
	const openssl = (...args) => execFileSync('openssl', args,
		{ cwd: dir, stdio: 'pipe' });
	const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256',
		'-nodes'];

	openssl('req', '-x509', ...key, '-keyout', 'ca.key', '-out', 'ca.crt',
		'-days', '2', '-subj', '/CN=Test Authority');
	openssl('req', ...key, '-keyout', 'slipway.key', '-out', 'slipway.csr',
		'-subj', '/CN=localhost');
	fs.writeFileSync(path.join(dir, 'ext'), 'subjectAltName=DNS:localhost\n');
	openssl('x509', '-req', '-in', 'slipway.csr', '-CA', 'ca.crt', '-CAkey',
		'ca.key', '-CAcreateserial', '-out', 'slipway.crt', '-days', '2',
		'-extfile', 'ext');
	fs.writeFileSync(path.join(dir, 'slipway.pem'),
		fs.readFileSync(path.join(dir, 'slipway.crt'), 'utf8') +
		fs.readFileSync(path.join(dir, 'slipway.key'), 'utf8'));
}

// The example as it is, with the ports and paths of today.
function proxy_start() {
	const name = kind === 'nginx' ? 'nginx.conf' : 'haproxy.cfg';
	const config = path.join(dir, name);
	const text = fs.readFileSync(path.join(ROOT, 'examples/proxy', name),
		'utf8').replaceAll('8443', String(port))
		.replaceAll('8420', String(server.port))
		.replaceAll(/\/etc\/(haproxy|nginx)\//g, `${dir}/`);

	fs.writeFileSync(config, kind === 'haproxy' ? text :
		`${process.getuid() === 0 ? 'user root;\n' : ''}daemon off;\n` +
		`pid ${dir}/nginx.pid;\nerror_log ${dir}/nginx.log;\n${text}`);
	const log = fs.openSync(path.join(dir, 'proxy.log'), 'a');

	proxy = spawn(kind === 'nginx' ? '/usr/sbin/nginx' : '/usr/sbin/haproxy',
		kind === 'nginx' ? ['-c', config, '-p', dir] : ['-db', '-f', config],
		{ stdio: ['ignore', log, log] });
	fs.closeSync(log);
}

// HOME is of this test, so that no profile of a person is touched.
function slipway(args, options = {}) {
	const env = { ...environment(dir), HOME: dir,
		XDG_CONFIG_HOME: path.join(dir, 'config'), ...options.env };

	try {
		return { code: 0, out: execFileSync(binary, args, { env,
			input: options.input ?? '', encoding: 'utf8', timeout: 300000,
			stdio: 'pipe' }) };
	} catch (e) {
		return { code: e.status, out: `${e.stdout}${e.stderr}` };
	}
}

async function play() {
	const made = await call(server.where, 'POST', '/v1/tokens', {
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify({ name: 'laptop', person: 'ernie' }) });
	const { token } = JSON.parse(made.text);
	const ca = path.join(dir, 'ca.crt');
	let r;

	hold('a token is made', typeof token === 'string', made.text);
	await until(120000, () => slipway(['--url', url, 'whoami'],
		{ env: { SLIPWAY_CA: ca } }).code !== 69);
	r = slipway(['login', url, '--token-file', '-'], { input: token });
	hold('an unknown authority is refused', r.code === 69 &&
		/certificate/i.test(r.out), r);
	r = slipway(['login', 'http://example.com', '--token-file', '-'],
		{ input: token });
	hold('no token in the clear', r.code === 2 && /clear/.test(r.out), r);
	r = slipway(['login', url, '--token-file', '-', '--ca', ca],
		{ input: `${token.slice(0, -1)}${token.endsWith('a') ? 'b' : 'a'}\n` });
	hold('a wrong token is not kept', r.code === 4 &&
		!fs.existsSync(path.join(dir, 'config')), r);
	r = slipway(['login', url, '--token-file', '-', '--ca', ca],
		{ input: `${token}\n` });
	hold('signed in', r.code === 0 && /signed in as ernie/.test(r.out), r);
	r = slipway(['whoami', '--json']);
	hold('the profile is used', r.code === 0 &&
		JSON.parse(r.out).person === 'ernie', r);
	r = slipway(['run', 'trivial', '--env', 'dev', '--follow']);
	hold('a run is followed through the proxy', r.code === 0 &&
		/succeeded/.test(r.out), r);

	// What the client says of itself stands before what the proxy adds.
	execFileSync('curl', ['-s', '--cacert', ca, '-X', 'POST', '-H',
		`Authorization: Bearer ${token}`, '-H', 'X-Forwarded-For: 8.8.8.8',
		'-H', 'Content-Type: application/json', '-d', '{"name": "spoof"}',
		`${url}/v1/tokens`], { stdio: 'pipe' });
	const audit = await call(server.where, 'GET', '/v1/audit?limit=100');
	const of_ernie = JSON.parse(audit.text).items.filter(i => i.actor === 'ernie');

	hold('the audit chain names the client', of_ernie.length >= 2 &&
		of_ernie.every(i => /^(127\.0\.0\.1|::1)$/.test(i.address)),
		of_ernie);
	r = slipway(['logout']);
	hold('signed out', r.code === 0 && slipway(['whoami']).code !== 0, r);
}

certificate();
volume_create(path.join(dir, 'out'));
folder_copy(path.join(ROOT, 'test/folder'), server.folder,
	path.join(dir, 'out'));
fs.mkdirSync(server.dir, { mode: 0o755 });
try {
	await server.start();
	proxy_start();
	await play();
} catch (e) {
	failed++;
	console.log(`FAIL  ${kind}: ${e.stack}`);
} finally {
	proxy?.kill('SIGTERM');
	await server.kill();
	if (failed > 0)
		console.log(fs.readFileSync(path.join(dir, 'proxy.log'), 'utf8'),
			server.log_tail(20).join('\n'));
	await scratch_remove(dir);
}
process.exit(failed > 0 ? 1 : 0);
