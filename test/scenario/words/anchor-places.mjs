// SPDX-License-Identifier: MIT
// anchor-places: somebody who takes the anchors: an HTTP server, $hook, that
// fails the first time, and a syslog socket, $syslog.  What came is in
// $dir/hook.jsonl and $dir/syslog.txt.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { until } from '../../lib/server.mjs';
import { Failure } from '../world.mjs';

const SYSLOG = `
import os, socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.settimeout(900)
s.bind(sys.argv[1])
os.chmod(sys.argv[1], 0o666)
with open(sys.argv[2], 'wb', buffering=0) as f:
    while True:
        f.write(s.recv(4096) + b'\\n')
`;

export default async function run(world) {
	let calls = 0;
	const server = http.createServer((request, response) => {
		let body = '';

		request.on('data', data => { body += data; });
		request.on('end', () => {
			if (calls++ > 0)
				fs.appendFileSync(path.join(world.dir, 'hook.jsonl'),
					`${body}\n`);
			response.statusCode = calls === 1 ? 500 : 204;
			response.end();
		});
	});

	await new Promise(done => server.listen(0, '127.0.0.1', done));
	server.unref();
	world.variables.hook = `http://ours:hidden@127.0.0.1:` +
		`${server.address().port}/a`;
	const socket = path.join(world.dir, 'log.sock');
	const taker = spawn('python3', ['-c', SYSLOG, socket,
		path.join(world.dir, 'syslog.txt')],
		{ stdio: 'ignore' });

	taker.unref();
	world.variables.syslog = socket;
	if (!await until(60000, () => fs.existsSync(socket)))
		throw new Failure('no syslog socket');
}
