// SPDX-License-Identifier: MIT
// postgres: a PostgreSQL cluster of this scenario, on $pgport, with the account
// platform that may make databases and roles; its password is $pgpass.  It
// ends with the folder of the scenario.
import { execFileSync } from 'node:child_process';
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { port_free } from '../../lib/server.mjs';
import { Failure } from '../world.mjs';

const INSTALLED = '/usr/lib/postgresql';

function pg_bin(name) {
	const version = fs.readdirSync(INSTALLED).sort().at(-1);

	return path.join(INSTALLED, version, 'bin', name);
}

export default async function run(world) {
	const data = path.join(world.dir, 'pg');
	const root = process.getuid() === 0;
	const as = root ? ['setpriv', '--reuid', 'postgres', '--regid',
		'postgres', '--init-groups'] : [];
	const command = (...words) => {
		const [first, ...rest] = [...as, ...words];

		try {
			return execFileSync(first, rest, { cwd: data,
				timeout: 300000, stdio: ['ignore', 'pipe', 'pipe'],
				env: { PATH: process.env.PATH, HOME: data,
					LC_ALL: 'C.UTF-8' } });
		} catch (why) {
			throw new Failure(`${words[0]}: ${why.stderr ?? why}`);
		}
	};

	world.variables.pgport = String(await port_free());
	world.variables.pgpass = crypto.randomBytes(12).toString('hex');
	fs.mkdirSync(data, { mode: 0o700 });
	if (root)
		execFileSync('chown', ['postgres', data]);
	command(pg_bin('initdb'), '--no-sync', `--pgdata=${data}/data`,
		'--username=postgres', '--auth-local=trust',
		'--auth-host=scram-sha-256', '--encoding=UTF8',
		'--locale=C.UTF-8');
	command(pg_bin('pg_ctl'), `--pgdata=${data}/data`, '--wait',
		'--timeout=120', `--log=${data}/log`, '--silent', '--options',
		`-c port=${world.variables.pgport} -c listen_addresses=127.0.0.1 ` +
		`-c unix_socket_directories=${data} -c shared_buffers=16MB ` +
		'-c fsync=off', 'start');
	world.ends.push(() => command(pg_bin('pg_ctl'), `--pgdata=${data}/data`,
		'--mode=immediate', '--silent', 'stop'));
	command('psql', '-qX', '-h', data, '-p', world.variables.pgport, '-U',
		'postgres', '-c', 'create role platform login createdb createrole ' +
		`password '${world.variables.pgpass}'`);
}
