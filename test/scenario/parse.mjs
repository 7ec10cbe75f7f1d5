// SPDX-License-Identifier: MIT
//
// parse.mjs: a scenario file as a list of statements.
//
// A statement is one line and the indented lines behind it; `#` begins a
// comment line; `<<END` takes the lines up to END as they are.  A statement
// becomes {line, text, words, heredoc}: words are the pieces between spaces,
// where "…" and '…' and /…/ and balanced {…} or […] each stay one piece.

export class Piece {
	constructor(kind, text) {
		this.kind = kind; // word, text, regex, json
		this.text = text;
	}
}

export function parse(source, file) {
	const lines = source.split('\n');
	const statements = [];

	for (let i = 0; i < lines.length; i++) {
		const line = i + 1;
		let text = lines[i], heredoc = null;

		if (/^\s*(#|$)/.test(text))
			continue;
		if (/^\s/.test(text))
			throw new Error(`${file}:${line}: an indented line continues ` +
				'a statement, and there is none');
		while (!/<<\w+$/.test(text) && /^[ \t]+\S/.test(lines[i + 1] ?? ''))
			text += ` ${lines[++i].trim()}`;
		const here = text.match(/<<(\w+)$/);

		if (here) {
			const from = i + 1;

			while (++i < lines.length && lines[i] !== here[1])
				;
			if (i === lines.length)
				throw new Error(`${file}:${line}: no line '${here[1]}'`);
			heredoc = `${lines.slice(from, i).join('\n')}\n`;
			text = text.slice(0, here.index).trimEnd();
		}
		statements.push({ file, line, text, heredoc,
			words: split(text, `${file}:${line}`) });
	}
	return statements;
}

const CLOSERS = { '{': '}', '[': ']' };

// The end of a quoted or bracketed piece that begins at `at`.
function piece_end(text, at, where) {
	const open = text[at];
	let depth = 0;

	if (open === '"' || open === '\'' || open === '/') {
		for (let i = at + 1; i < text.length; i++) {
			if (text[i] === '\\' && open !== '\'')
				i++;
			else if (text[i] === open)
				return i + 1;
		}
		throw new Error(`${where}: no closing ${open}`);
	}
	for (let i = at; i < text.length; i++) {
		if (text[i] === '"')
			i = piece_end(text, i, where) - 1;
		else if (text[i] === open)
			depth++;
		else if (text[i] === CLOSERS[open] && --depth === 0)
			return i + 1;
	}
	throw new Error(`${where}: no closing ${CLOSERS[open]}`);
}

export function split(text, where) {
	const pieces = [];
	let previous = '';

	for (let i = 0; i < text.length;) {
		const c = text[i];
		let end;

		if (c === ' ' || c === '\t') {
			i++;
			continue;
		}
		if (c === '"' || c === '\'') {
			end = piece_end(text, i, where);
			pieces.push(new Piece('text', c === '"' ?
				unquote(text.slice(i + 1, end - 1)) :
				text.slice(i + 1, end - 1)));
		} else if (c === '/' && /^!?~$/.test(previous)) {
			end = piece_end(text, i, where);
			while (/[a-z]/.test(text[end] ?? ''))
				end++;
			pieces.push(new Piece('regex', text.slice(i, end)));
		} else if (c === '{' || c === '[') {
			end = piece_end(text, i, where);
			pieces.push(new Piece('json', text.slice(i, end)));
		} else {
			end = i;
			while (end < text.length && !/\s/.test(text[end]))
				end++;
			pieces.push(new Piece('word', text.slice(i, end)));
		}
		previous = text.slice(i, end);
		i = end;
	}
	return pieces;
}

// \n \t \\ \" and \xNN; a byte that is no UTF-8 stays a byte (latin1 below
// U+0100 is told apart by Piece users that ask for bytes).
export function unquote(text) {
	return text.replace(/\\(x[0-9a-fA-F]{2}|.)/g, (all, what) => {
		if (what[0] === 'x' && what.length === 3)
			return String.fromCharCode(parseInt(what.slice(1), 16));
		return { n: '\n', t: '\t', r: '\r', 0: '\0' }[what] ?? what;
	});
}
