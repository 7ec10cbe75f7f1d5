// SPDX-License-Identifier: MIT
// schedule-kill SCHEDULE FILE N: N times a day goes by while the server is
// down, and its next start is killed at another commit; each time has one run
// in the end, which wrote one line to FILE.
import fs from 'node:fs';
import { until } from '../../lib/server.mjs';
import { Failure } from '../world.mjs';

const DAY_MS = 86400000;

async function killed_at(server, failpoint) {
	server.env = { SLIPWAY_FAILPOINT: failpoint };
	try {
		await server.start();
		await Promise.race([server.gone,
			new Promise(resolve => setTimeout(resolve, 500).unref())]);
	} catch { /* it died before it was ready */ }
	await server.kill();
	server.env = {};
}

export default async function run(world, [schedule, file, n], { mutated }) {
	const server = world.server;
	const wanted = Number(n) + (mutated ? 1 : 0);
	const stamps = () => fs.existsSync(file) ?
		fs.readFileSync(file, 'utf8').split('\n').slice(0, -1) : [];

	for (let i = 1; i <= Number(n); i++) {
		await server.kill();
		server.clock_shift(i * DAY_MS, i * DAY_MS);
		for (const when of ['before', 'after'])
			await killed_at(server, `db.commit.${when}:kill:${i}`);
		await server.start();
	}
	if (!await until(mutated ? 5000 : 120000, () => stamps().length >= wanted))
		throw new Failure(`${stamps().length} runs of ${wanted} times`);
	if (new Set(stamps()).size !== stamps().length)
		throw new Failure(`a time ran twice:\n${stamps().join('\n')}`);
	const reply = await world.api('operator', 'GET',
		`/v1/schedules/${schedule}`);

	for (const time of JSON.parse(reply.text).times)
		if (time.outcome !== 'made')
			throw new Failure(`${time.at}: ${time.outcome} ${time.reason}`);
}
