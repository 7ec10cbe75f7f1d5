// SPDX-License-Identifier: MIT
// keeper-kill RUN: SIGKILL the keeper of the attempt that runs.
import fs from 'node:fs';
import path from 'node:path';
import { until } from '../../lib/server.mjs';
import { Failure } from '../world.mjs';

// The keeper is the one that holds the socket or log of the attempt's folder,
// and is not the server.
function keepers(folder, server) {
	return fs.readdirSync('/proc').filter(n => /^\d+$/.test(n)).map(Number)
		.filter(pid => pid !== server).filter(pid => {
			try {
				return fs.readdirSync(`/proc/${pid}/fd`).some(fd => {
					try {
						return fs.readlinkSync(`/proc/${pid}/fd/${fd}`)
							.startsWith(folder);
					} catch {
						return false;
					}
				});
			} catch {
				return false;
			}
		});
}

export default async function run(world, [key]) {
	const { json } = await world.json('operator', 'GET', `/v1/runs/${key}`);
	const attempt = json.steps.flatMap(s => s.attempts)
		.find(a => a.status === 'running');

	if (attempt === undefined)
		throw new Failure(`no attempt of ${key} runs`);
	const folder = path.join(world.server.data, 'k', String(attempt.id));
	const found = await until(60000, () => {
		const pids = keepers(folder, world.server.child.pid);

		return pids.length > 0 ? pids : null;
	});

	if (found === null)
		throw new Failure(`nobody holds ${folder}`);
	for (const pid of found) {
		try {
			process.kill(pid, 'SIGKILL');
		} catch { /* gone with its keeper */ }
	}
	world.killed = folder;
}
