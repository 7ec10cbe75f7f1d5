// SPDX-License-Identifier: MIT
// framing: heads that leave doubt about where a request ends are refused (4xx,
// 501, 505) with a closed connection, and what is smuggled behind them is never answered.
import net from 'node:net';
import { Failure } from '../world.mjs';

const SMUGGLED = 'GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n';

const HEADS = {
	'two lengths': 'POST /v1/x HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n' +
		'Content-Length: 6\r\n\r\nhello',
	'length and chunked': 'POST /v1/x HTTP/1.1\r\nHost: a\r\n' +
		'Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
	'odd transfer encoding': 'POST /v1/x HTTP/1.1\r\nHost: a\r\n' +
		'Transfer-Encoding: xchunked\r\n\r\n',
	'huge chunk': 'POST /v1/x HTTP/1.1\r\nHost: a\r\n' +
		'Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n',
	'negative length': 'POST /v1/x HTTP/1.1\r\nHost: a\r\n' +
		'Content-Length: -5\r\n\r\n',
	'bare LF': 'GET /healthz HTTP/1.1\nHost: a\n\n',
	'folded header': 'GET /healthz HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n',
	'space before colon': 'GET /healthz HTTP/1.1\r\nHost : a\r\n\r\n',
	'no host': 'GET /healthz HTTP/1.1\r\n\r\n',
	'two hosts': 'GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n',
	'version 1.2': 'GET /healthz HTTP/1.2\r\nHost: a\r\n\r\n',
	'NUL': 'GET /healthz HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n',
	'big header': `GET /healthz HTTP/1.1\r\nHost: a\r\nX: ${'a'.repeat(1 << 20)}\r\n\r\n`,
	'many headers': `GET /healthz HTTP/1.1\r\nHost: a\r\n${'X: a\r\n'.repeat(1000)}\r\n`,
	'long path': `GET /${'a'.repeat(20000)} HTTP/1.1\r\nHost: a\r\n\r\n`,
};

function raw(port, bytes) {
	return new Promise((resolve, reject) => {
		const parts = [];
		const socket = net.connect(port, '127.0.0.1');
		const timer = setTimeout(() => socket.destroy(
			new Error('it neither answered nor closed within 15 s')), 15000);
		const done = () => {
			clearTimeout(timer);
			socket.destroy();
			resolve(Buffer.concat(parts).toString('latin1'));
		};

		socket.on('data', part => parts.push(part));
		socket.on('end', done);
		socket.on('error', why => {
			clearTimeout(timer);
			if (why.code === 'ECONNRESET' || why.code === 'EPIPE')
				done();
			else
				reject(why);
		});
		socket.write(bytes, 'latin1');
	});
}

export default async function run(world) {
	for (const [name, head] of Object.entries(HEADS)) {
		let answer;

		try {
			answer = await raw(world.server.port, head + SMUGGLED);
		} catch (why) {
			throw new Failure(`${name}: ${why.message}`);
		}
		const statuses = [...answer.matchAll(/HTTP\/1\.1 (\d+)/g)]
			.map(m => Number(m[1]));

		if (statuses.length > 1 || statuses.some(s =>
			s < 400 || s > 505 || s === 500))
			throw new Failure(`${name}: ${statuses.join(', ')}\n` +
				answer.slice(0, 500));
	}
	if (!await world.server.answers())
		throw new Failure('the server does not answer any more');
}
