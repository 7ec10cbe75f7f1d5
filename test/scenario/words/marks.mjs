// SPDX-License-Identifier: MIT
// marks N: run the task mark N times, and wait for all.
import { until } from '../../lib/server.mjs';
import { Failure } from '../world.mjs';

export default async function run(world, [n]) {
	const made = await Promise.all(Array.from({ length: Number(n) },
		(unused, i) => world.json('ernie', 'POST', '/v1/tasks/mark/runs',
			{ environment: 'dev', params: { name: `m${i}` } })));

	for (const { status, text, json } of made) {
		if (status !== 201)
			throw new Failure(`${status} ${text}`);
		if (!await until(120000, async () => (await world.json('ernie', 'GET',
			`/v1/runs/${json.run}`)).json.run.status === 'succeeded'))
			throw new Failure(`${json.run} does not succeed`);
	}
}
