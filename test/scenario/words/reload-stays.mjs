// SPDX-License-Identifier: MIT
// reload-stays ROUNDS: what a reload has put in force stays so, though the
// folder was being read, as it was before, when the reload came.
import fs from 'node:fs';
import path from 'node:path';
import { pause } from '../../lib/server.mjs';
import { Failure } from '../world.mjs';

const SETTLE_MS = 300; // a change is read so long after it was made
const LOOKS = 30;

export default async function run(world, [rounds], { mutated }) {
	const write = (name, text) => {
		fs.writeFileSync(path.join(world.folder, `${name}.new`), text);
		fs.renameSync(path.join(world.folder, `${name}.new`),
			path.join(world.folder, `${name}.yaml`));
	};

	for (let i = 0; i < Number(rounds); i++) {
		write('older', `task: older\nrun: echo ${i}\n`);
		await pause(SETTLE_MS - 20 + 8 * i);
		write('newer', `task: newer-${mutated ? 'not-' : ''}${i}\nrun: "true"\n`);
		const reply = await world.api('operator', 'POST',
			'/v1/platform/reload', { body: '{}' });

		if (reply.status !== 200)
			throw new Failure(`reload: ${reply.text}`);
		for (let look = 0; look < LOOKS; look++) {
			const { status } = await world.api('operator', 'GET',
				`/v1/tasks/newer-${i}`);

			if (status !== 200)
				throw new Failure(`round ${i}: what was reloaded ` +
					`is gone at look ${look}`);
			await pause(10);
		}
	}
}
