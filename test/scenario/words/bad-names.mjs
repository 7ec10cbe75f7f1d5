// SPDX-License-Identifier: MIT
// bad-names: a parameter, output or variable with a harmful name is refused by
// `slipway check`, naming file and line; the server keeps what it had.
import fs from 'node:fs';
import path from 'node:path';
import { Failure } from '../world.mjs';

const HARMFUL = ['ld_preload', 'path', 'bash_env', 'ifs', 'git_ssh_command',
	'home', 'LD_PRELOAD', 'PATH', 'päth', 'a-b', 'a b', '1a', 'a.b',
	'a=b', '\u0440ath'];

function documents(name) {
	const key = JSON.stringify(name);

	return {
		parameter: `task: bad\nparams: {${key}: {}}\nrun: "true"\n`,
		output: `task: bad\noutputs: {${key}: {}}\nrun: "true"\n`,
		variable: `task: bad\nenv: {${key}: x}\nrun: "true"\n`,
	};
}

export default async function run(world) {
	const file = path.join(world.folder, 'bad.yaml');

	for (const name of HARMFUL)
		for (const [what, text] of Object.entries(documents(name))) {
			fs.writeFileSync(file, text);
			const answer = await world.command(world.binary,
				['check', world.folder]);

			if (answer.code !== 2 || !/bad\.yaml:\d+:\d+/.test(answer.out))
				throw new Failure(`${what} '${name}': exit ` +
					`${answer.code}\n${answer.out}${answer.err}`);
		}
	fs.rmSync(file);
}
