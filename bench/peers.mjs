// SPDX-License-Identifier: MIT
//
// peers.mjs: the same graph of trivial steps for programs that people know, as
// far as they are here:
//
//	apt-get install make ninja-build rake python3-doit scons snakemake
//
// They keep nothing and make nothing durable.  Those not here: Luigi and
// Airflow are not in Debian 12; tup runs a command only through FUSE, and only
// for the file that it makes.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

export const IN_FLIGHT = 8;
const LIMIT_MS = 110000;

// The same graph for each peer: all at once, or one after another.  What it is
// written in, what runs it, and what it keeps from run to run.
export const PEERS = {
	make: { file: 'Makefile', args: ['-s', `-j${IN_FLIGHT}`, 'all'],
		write: (each, before) => [`all: ${each(i => `t${i}`).join(' ')}`,
			...each(i => `t${i}: ${before(i, 't')}\n\t@/bin/true`)] },
	ninja: { file: 'build.ninja', args: ['--quiet', `-j${IN_FLIGHT}`],
		keeps: '.ninja_log',
		write: (each, before) => ['rule true', '  command = /bin/true',
			...each(i => `build t${i}: true ${before(i, 't')}`)] },
	rake: { file: 'Rakefile', args: ['-q', '-m', '-j', `${IN_FLIGHT}`, 'all'],
		write: (each, before) => [
			...each(i => `task 't${i}' => %w[${before(i, 't')}] do ` +
				`sh '/bin/true', verbose: false end`),
			`task 'all' => %w[${each(i => `t${i}`).join(' ')}]`] },
	doit: { file: 'dodo.py', args: ['-n', `${IN_FLIGHT}`, '-P', 'thread',
		'-v', '0', '--reporter', 'zero'], keeps: '.doit.db',
	write: (each, before) => ['def task_all():', ...each(i =>
		`    yield {'name': '${i}', 'actions': ['/bin/true'], ` +
		`'task_dep': '${before(i, 'all:')}'.split()}`)] },
	scons: { file: 'SConstruct', args: ['-Q', '-s', `-j${IN_FLIGHT}`],
		keeps: '.sconsign.dblite',
		write: (each, before) => each(i =>
			`AlwaysBuild(Command('t${i}', '${before(i, 't')}'.split(), ` +
			`'/bin/true'))`) },
	snakemake: { file: 'Snakefile', args: ['-q', '-j', `${IN_FLIGHT}`],
		keeps: 'out',
		write: (each, before) => ['rule all:',
			`  input: [f'out/t{i}' for i in range(${each(i => i).length})]`,
			...each(i => `rule t${i}:\n  input: ` +
				`'${before(i, 'out/t')}'.split()\n  output: ` +
				`touch('out/t${i}')\n  shell: '/bin/true'`)] },
};

export function present(name) {
	return spawnSync(name, ['--version']).status === 0;
}

// All at once, or each after the one before it.
export function peer_files(at, chain, steps) {
	const before = (i, prefix) => chain && i > 0 ? `${prefix}${i - 1}` : '';
	const each = fn => Array.from({ length: steps }, (unused, i) => fn(i));

	fs.mkdirSync(at);
	for (const peer of Object.values(PEERS))
		fs.writeFileSync(path.join(at, peer.file),
			`${peer.write(each, before).join('\n')}\n`);
}

// Seconds; NaN when it gives up.
export function peer_seconds(name, at) {
	const { args, keeps } = PEERS[name];

	if (keeps)
		fs.rmSync(path.join(at, keeps), { force: true, recursive: true });
	const began = performance.now();
	const done = spawnSync(name, args, { cwd: at, stdio: 'ignore',
		timeout: LIMIT_MS });

	return done.status === 0 ? (performance.now() - began) / 1000 : NaN;
}
