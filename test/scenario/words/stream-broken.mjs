// SPDX-License-Identifier: MIT
// stream-broken RUN N: a client that leaves after every few events and comes
// back with Last-Event-ID sees each byte of the log once, and so does one that
// starts again from any id it has seen.
import { call } from '../../lib/http.mjs';
import { Failure } from '../world.mjs';

async function take(world, key, from, most) {
	const headers = from === null ? {} : { 'Last-Event-ID': from };
	const seen = { id: from, text: '', ended: false, places: [] };
	let count = 0;

	await world.follow('ernie', key, { headers }, event => {
		seen.id = event.id || seen.id;
		if (event.event === 'log') {
			seen.text += JSON.parse(event.data).text;
			seen.places.push([event.id, seen.text.length]);
		}
		seen.ended = event.event === 'end';
		return !seen.ended && ++count < most;
	});
	return seen;
}

export default async function run(world, [key, n], { mutated }) {
	let text = '', id = null, ended = false, rounds = 0;
	const places = [];

	while (!ended && rounds++ < 500) {
		const seen = await take(world, key, id, 3);

		for (const [at, length] of seen.places)
			places.push([at, text.length + length]);
		text += seen.text;
		({ id, ended } = seen);
	}
	const log = await world.api('ernie', 'GET', `/v1/runs/${key}/log`);
	const wanted = Array.from({ length: Number(n) },
		(unused, i) => `line ${i + 1} of ${n}\n`).join('');

	if (text !== wanted || (log.text === wanted) === mutated)
		throw new Failure(`${rounds} rounds:\nstream:\n${text}\nlog:\n` +
			log.text);
	for (const [at, length] of places.filter((p, i) => i % 5 === 0)) {
		const rest = await take(world, key, at, Infinity);

		if (text.slice(0, length) + rest.text !== wanted)
			throw new Failure(`from ${at}: ${rest.text}`);
	}
	const bad = await call(world.server.where, 'GET',
		`/v1/runs/${key}/follow`, { headers: { 'Last-Event-ID': 'rubbish\u00ff',
			Authorization: `Bearer ${await world.token_of('ernie')}` } });

	if (bad.status >= 500)
		throw new Failure(`a bad Last-Event-ID: ${bad.status}`);
}
