// SPDX-License-Identifier: MIT
//
// asker.mjs: a server with a folder of its own, and people who ask it.
import fs from 'node:fs';
import path from 'node:path';
import { call } from '../test/lib/http.mjs';
import { Server } from '../test/lib/server.mjs';

// Below dir, not started.
export function server_make(dir, name, folder_text, options) {
	const at = path.join(dir, name);
	const folder = path.join(at, 'folder');

	fs.mkdirSync(folder, { recursive: true });
	fs.writeFileSync(path.join(folder, 'slipway.yaml'), folder_text);
	return new Server({ dir: at, folder, ...options });
}

export class Asker {
	constructor(server) {
		this.server = server;
		this.tokens = {};
	}

	async log_in(...people) {
		for (const person of people)
			this.tokens[person] = (await this.send('POST', '/v1/tokens',
				{ person, name: 'bench' }, null)).token;
	}

	// What is answered; throws what is refused.  who null: as the operator.
	async send(method, target, body, who = 'tina') {
		const reply = await call(this.server.where, method, target, {
			headers: { 'Content-Type': 'application/json',
				...who === null ? {} : { Authorization:
					`Bearer ${this.tokens[who]}` } },
			body: body === undefined ? null : JSON.stringify(body) });

		if (reply.status >= 300)
			throw new Error(`${method} ${target}: ${reply.text}`);
		return JSON.parse(reply.text);
	}
}
