// SPDX-License-Identifier: MIT
//
// http.mjs: one HTTP call, one event stream, over a unix socket or TCP.
// Bodies are sent as given, byte for byte; nothing is followed or retried, so
// that a test sees what the server says.  Every call has a limit.
import http from 'node:http';

const LIMIT_MS = 120000;

// where: {socket} or {port}.  Resolves to {status, headers, bytes, text}.
export function call(where, method, path, options = {}) {
	const { headers = {}, body = null, limit = LIMIT_MS, agent } = options;
	const all = { ...headers };

	if (body !== null)
		all['Content-Length'] = Buffer.byteLength(body);
	return new Promise((resolve, reject) => {
		const request = http.request({
			...address(where), method, path, headers: all, agent,
		}, answer => {
			const parts = [];

			answer.on('data', part => parts.push(part));
			answer.on('error', reject);
			answer.on('aborted', () => reject(new Error(
				`${method} ${path}: the answer broke off`)));
			answer.on('end', () => {
				const bytes = Buffer.concat(parts);

				resolve({ status: answer.statusCode,
					headers: answer.headers, bytes,
					text: bytes.toString('utf8') });
			});
		});

		request.setTimeout(limit, () => request.destroy(new Error(
			`${method} ${path}: no answer within ${limit} ms`)));
		request.on('error', reject);
		request.end(body);
	});
}

export function address(where) {
	if (where.socket)
		return { socketPath: where.socket, host: 'localhost' };
	return { host: '127.0.0.1', port: where.port };
}

// Server-sent events: each is given to fn as {id, event, data}; ends when fn
// answers false, or the server ends or breaks the stream.  Resolves to
// {status, ended, text}; ended: the server ended it regularly.  With `head`
// only whether it begins.
export function follow(where, path, options, fn) {
	const { headers = {}, limit = 300000, head = false } = options;

	return new Promise((resolve, reject) => {
		let buffered = '', last = '', left = false;
		const request = http.request({ ...address(where), method: 'GET',
			path, headers: { Accept: 'text/event-stream', ...headers },
		}, answer => {
			const done = ended => {
				clearTimeout(timer);
				request.destroy();
				resolve({ status: answer.statusCode, ended,
					text: buffered });
			};

			if (head && answer.statusCode === 200) {
				left = true;
				done(false);
				return;
			}
			answer.setEncoding('utf8');
			answer.on('data', part => {
				let at;

				buffered += part;
				if (answer.statusCode !== 200)
					return;
				while (!left && (at = buffered.indexOf('\n\n')) >= 0) {
					const event = event_parse(
						buffered.slice(0, at), last);

					buffered = buffered.slice(at + 2);
					if (event === null)
						continue;
					last = event.id;
					if (fn(event) === false) {
						left = true;
						done(false);
					}
				}
			});
			answer.on('end', () => left || done(true));
			answer.on('aborted', () => left || done(false));
			answer.on('error', () => left || done(false));
		});
		const timer = setTimeout(() => request.destroy(new Error(
			`GET ${path}: the stream did not end within ${limit} ms`)),
			limit);

		request.on('error', why => {
			clearTimeout(timer);
			reject(why);
		});
		request.end();
	});
}

function event_parse(block, last) {
	const event = { id: last, event: 'message', data: [] };

	for (const line of block.split('\n')) {
		const at = line.indexOf(':');
		const name = at < 0 ? line : line.slice(0, at);
		const value = at < 0 ? '' : line.slice(at + 1).replace(/^ /, '');

		if (name === 'id')
			event.id = value;
		else if (name === 'event')
			event.event = value;
		else if (name === 'data')
			event.data.push(value);
	}
	if (event.data.length === 0)
		return null;
	event.data = event.data.join('\n');
	return event;
}
