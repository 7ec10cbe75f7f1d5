// SPDX-License-Identifier: MIT
//
// api.mjs: the OpenAPI document of a server, as the oracle for its replies:
// which operation a call was, whether the reply is one that the document
// promises, and which operations were never called.
import { schema_errors } from './schema.mjs';

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];

export class Api {
	constructor(document) {
		this.document = document;
		this.operations = [];
		for (const [path, item] of Object.entries(document.paths))
			for (const method of METHODS)
				if (item[method])
					this.operations.push(operation(path, method,
						item[method]));
	}

	// The operation of a call, the most literal path first, or null.
	find(method, target) {
		const path = target.split('?')[0];

		return this.operations
			.filter(o => o.method === method.toLowerCase() &&
				o.pattern.test(path))
			.sort((a, b) => a.params - b.params)[0] ?? null;
	}

	// What is wrong with a reply, as a list of sentences.
	check(method, target, reply) {
		const operation = this.find(method, target);
		const type = (reply.headers['content-type'] ?? '')
			.split(';')[0].trim();

		if (reply.status === 304 || method === 'HEAD')
			return [];
		if (operation === null)
			return this.check_problem(reply, type);
		return this.check_response(operation, reply, type);
	}

	// Where there is no operation, only a problem may be said.
	check_problem(reply, type) {
		if (reply.status < 400)
			return [`status ${reply.status} from no operation`];
		return this.check_json({ $ref: '#/components/schemas/Problem' },
			reply, type, 'application/problem+json');
	}

	check_response(operation, reply, type) {
		const responses = operation.what.responses;
		const family = `${Math.floor(reply.status / 100)}XX`;
		let response = responses[reply.status] ?? responses[family];

		if (response === undefined)
			return [`status ${reply.status} is not in the document`];
		if (response.$ref)
			response = this.document.components.responses[
				response.$ref.split('/').pop()];
		if (response.content === undefined)
			return reply.bytes.length === 0 ? [] :
				[`status ${reply.status} has a body`];
		const content = response.content[type] ?? response.content['*/*'];

		if (content === undefined)
			return [`content type '${type}' is not in the document`];
		if (!type.endsWith('json') || content.schema === undefined)
			return [];
		return this.check_json(content.schema, reply, type, type);
	}

	check_json(schema, reply, type, wanted) {
		let value;

		if (type !== wanted)
			return [`content type '${type}', and not ${wanted}`];
		try {
			value = JSON.parse(reply.text);
		} catch (why) {
			return [`body is no JSON: ${why.message}`];
		}
		return schema_errors(this.document, schema, value);
	}

	check_component(name, value) {
		return schema_errors(this.document,
			{ $ref: `#/components/schemas/${name}` }, value);
	}
}

function operation(path, method, what) {
	const pattern = path.split(/(\{[^}]+\})/).map(part =>
		part.startsWith('{') ? '[^/]+' :
			part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('');

	return { path, method, what, id: what.operationId,
		params: (path.match(/\{/g) ?? []).length,
		pattern: new RegExp(`^${pattern}$`) };
}

// "task.run.database" is the operation task.run for one name of the folder.
export function general_id(id) {
	return id.split('.').slice(0, 2).join('.');
}
