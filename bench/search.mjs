// SPDX-License-Identifier: MIT
//
// search.mjs: searches and lists of work over 100,000 tickets, for somebody
// who sees all of them, one team's, and a few.  A figure is the time of the
// server's CPU for one answer; the floor is that of SQLite reading every title
// of the same database once.
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { Asker, server_make } from './asker.mjs';

const TICKETS = 100000;
const TEAMS = 40;
const TIMES = 21;
const MOST_MS = 25;

const FOLDER = `slipway: 1
timezone: Europe/London
team: t0
projects: {${Array.from({ length: TEAMS }, (_, i) => `P${i}: {team: t${i}}`)
	.join(', ')}}
---
people: {tina: {}, olga: {}, ${Array.from({ length: TEAMS }, (_, i) =>
	`p${i}: {}`).join(', ')}}
teams: {${Array.from({ length: TEAMS }, (_, i) =>
	`t${i}: {members: [p${i}], duty: p${i}}`).join(', ')}}
grants: [{to: tina, role: admin}]
environments: {dev: {}}
---
task: nothing
argv: [/bin/true]
`;

// Words of a thousand, so that each is in some hundred titles; one in twenty
// is open; olga asked for a few of each thousand and two.
const FILL = `
PRAGMA synchronous = OFF;
BEGIN;
INSERT INTO ticket_scope (team, environment, name)
WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n
	WHERE i < ${TEAMS - 1}) SELECT 't' || i, '', '' FROM n;
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n
	WHERE i < ${TICKETS})
INSERT INTO ticket (id, key, project, kind, title, status, priority, requester,
	last_editor, request, task, team, environment, params, plan_hash,
	run_id, resolution, created_at, updated_at, closed_at, scope_id,
	description, labels, outcome, assignee)
SELECT i, 'P' || (i % ${TEAMS}) || '-' || i, 'P' || (i % ${TEAMS}),
	CASE i % 3 WHEN 0 THEN 'incident' WHEN 1 THEN 'operation'
		ELSE 'feature' END,
	'word' || (i % 1000) || ' of part' || (i % 77) || ' is slow',
	CASE WHEN i % 20 = 0 THEN 'open' ELSE 'done' END,
	CASE i % 4 WHEN 0 THEN 'interruption' WHEN 1 THEN 'security'
		WHEN 2 THEN 'customer' ELSE 'operational' END,
	CASE WHEN i % 1002 = 0 THEN 'olga' ELSE 'p' || (i % ${TEAMS}) END,
	'p' || (i % ${TEAMS}), '', '', 't' || (i % ${TEAMS}), '', '{}', '', 0,
	'', NOW - i * 60000, NOW - i * 60000,
	CASE WHEN i % 20 = 0 THEN 0 ELSE NOW - i * 60000 + 3600000 END,
	(SELECT id FROM ticket_scope WHERE team = 't' || (i % ${TEAMS})
		AND environment = '' AND name = ''),
	'since word' || (i % 997) || ' was changed on host' || (i % 313),
	CASE WHEN i % 5 = 0 THEN '["operations"]' ELSE '[]' END,
	CASE WHEN i % 20 = 0 THEN '' ELSE 'done' END,
	CASE WHEN i % 7 = 0 THEN 't' || (i % ${TEAMS}) || ':duty' ELSE '' END
FROM n;
INSERT INTO ticket_label (ticket_id, label)
SELECT id, 'operations' FROM ticket WHERE id % 5 = 0;
INSERT INTO ticket_entry (ticket_id, at, actor, kind, body, detail)
SELECT id, created_at + 60000, 'tina', 'comment',
	'seen again, ask word' || (id % 991), '' FROM ticket WHERE id % 2 = 0;
INSERT INTO ticket_words (rowid, title, description)
SELECT id, title, description FROM ticket;
INSERT INTO comment_words (rowid, body)
SELECT id, body FROM ticket_entry WHERE kind = 'comment';
COMMIT;`;

const QUERIES = [
	['everything, the newest', '/v1/search?query='],
	['full text', q('text ~ "word42 slow"')],
	['full text, none', q('text ~ zebra')],
	['open operations by priority', q('labels = operations ' +
		'AND resolution = unresolved ORDER BY priority, due')],
	['of last week', q('created >= -7d AND kind = incident')],
	['a page far behind', '/v1/search?limit=50&after=P0-80000&query='],
	['count of all that is open', q('resolution = unresolved', '/count')],
	['backlog', '/v1/work/backlog'],
	['next', '/v1/work/next'],
	['board', '/v1/work/board'],
	['waiting', '/v1/work/waiting'],
];

function q(text, behind = '') {
	return `/v1/search${behind}?query=${encodeURIComponent(text)}`;
}

// What SQLite says that it took of the CPU, in ms; the least of some.
function sqlite_ms(db, sql) {
	const times = [];

	for (let i = 0; i < 5; i++) {
		const [, user, system] = /user ([\d.]+) sys ([\d.]+)/.exec(
			execFileSync('sqlite3', [db], { encoding: 'utf8',
				input: `.timer on\n${sql};\n` }));

		times.push((Number(user) + Number(system)) * 1000);
	}
	return Math.min(...times);
}

export async function row_search({ dir, binary, cpu_seconds, print, digits }) {
	const server = server_make(dir, 'search', FOLDER, { binary });
	const asker = new Asker(server);

	await server.start();
	await asker.log_in('tina', 'olga', 'p3');
	await server.stop();
	const db = path.join(server.data, 'db');

	execFileSync('sqlite3', [db], { input: FILL.replaceAll('NOW',
		String(Date.now())), maxBuffer: 1 << 26 });
	const floor = sqlite_ms(db, 'SELECT COUNT(*) FROM ticket WHERE ' +
		"title LIKE '%zebra%'");

	await server.start();
	try {
		for (const [who, sees] of [['tina', 'who sees all'],
			['p3', 'of one team'], ['olga', 'who sees 99']])
			for (const [what, target] of QUERIES) {
				const ask = () =>
					asker.send('GET', target, undefined, who);

				await ask();
				const from = cpu_seconds(server.child.pid);

				for (let i = 0; i < TIMES; i++)
					await ask();
				const ms = (cpu_seconds(server.child.pid) - from) *
					1000 / TIMES;

				print(`100,000 tickets, ${sees}: ${what}`,
					`${digits(ms)} ms`, 'a bare scan', floor,
					ms / floor, `at most ${MOST_MS} ms`,
					ms <= MOST_MS);
			}
	} finally {
		await server.stop();
	}
}
