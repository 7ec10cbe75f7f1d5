/* SPDX-License-Identifier: MIT */
#include "cli/table.h"

#include <ctype.h>
#include <libsmartcols.h>
#include <string.h>

#include "cli/text.h"

#define TABLE_COLUMNS 16
#define TABLE_LEAST 12 /* of a text that gives way */
#define TABLE_GAP 2

const char *
table_heading(struct arena *a, const char *column)
{
	size_t n = strlen(column);
	char *head;

	if (n > 3 && (strcmp(column + n - 3, "_at") == 0 ||
			 strcmp(column + n - 3, "_ms") == 0))
		n -= 3;
	head = arena_strndup(a, column, n);
	for (char *p = head; *p != '\0'; p++)
		*p = *p == '_' ? ' ' : (char)toupper((unsigned char)*p);
	return head;
}

/* What may be cut when a line is too long: text that people wrote. */
static bool
table_gives_way(const char *column)
{
	static const char *const texts[] = { "approve", "doc", "members",
		"object", "paused", "reason", "summary", "teams", "title", "what", "why" };

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		if (strcmp(column, texts[i]) == 0)
			return true;
	}
	return false;
}

static const char *
table_cell(struct session *s, const struct schema *of, const char *column,
    const json_t *row)
{
	const struct schema *field = schema_member(of, column);
	const json_t *value = json_object_get(row, column);
	const char *text;

	ASSERT(field != NULL);
	if (str_ends(str_of(column), "_ms"))
		return json_integer_value(value) < 0
		    ? ""
		    : text_ms(s->arena, value);
	if (strcmp(column, "definition") == 0)
		return text_hash(s->arena, row, column);
	text = text_field(s->arena, field, value);
	if (strcmp(column, "status") == 0)
		return text_status(s->arena, text);
	if (field->kind == SCHEMA_BOOL && !json_is_true(value))
		return "";
	return text;
}

static void
table_row(struct session *s, const struct schema *of,
    struct libscols_table *table, const char *const *columns, size_t n,
    const json_t *row)
{
	struct libscols_line *line = scols_table_new_line(table, NULL);

	ASSERT(line != NULL);
	for (size_t i = 0; i < n; i++) {
		const char *status;
		enum term_tone tone;

		scols_line_set_data(
		    line, i, table_cell(s, of, columns[i], row));
		if (strcmp(columns[i], "status") != 0)
			continue;
		status = text_get(s->arena, row, "status");
		tone = term_status_tone(status);
		if (s->term.colour && tone != TONE_PLAIN)
			scols_cell_set_color(scols_line_get_cell(line, i),
			    term_colour_name(tone));
	}
}

static size_t
table_columns(struct arena *a, const char *list, const char *ret[TABLE_COLUMNS])
{
	struct str left = str_of(list);
	size_t n = 0;

	while (left.n > 0) {
		ASSERT(n < TABLE_COLUMNS);
		ret[n++] = arena_str(a, str_cut(left, ',', &left));
	}
	return n;
}

/* As many as it has characters, more or less. */
static size_t
table_width(const char *text)
{
	size_t n = 0;

	for (; *text != '\0'; text++)
		n += ((unsigned char)*text & 0xc0) != 0x80;
	return n;
}

/* What a column takes; *ret_empty: no row has anything in it. */
static size_t
table_takes(struct session *s, const struct schema *of, const char *column,
    const json_t *items, bool *ret_empty)
{
	size_t most = table_width(table_heading(s->arena, column)), i;
	json_t *row;

	*ret_empty = true;
	json_array_foreach(items, i, row)
	{
		const size_t n = table_width(table_cell(s, of, column, row));

		*ret_empty = *ret_empty && n == 0;
		if (n > most)
			most = n;
	}
	return most > TABLE_LEAST && table_gives_way(column) ? TABLE_LEAST
							     : most;
}

/* Leave out what does not fit: columns that are empty, then those on the
 * right, but for text and the first two.  Returns how many are left; names
 * of the others, in words, or NULL. */
static size_t
table_fit(struct session *s, const struct schema *of, const char **columns,
    size_t n, const json_t *items, size_t width, const char **ret_left_out)
{
	size_t takes[TABLE_COLUMNS], sum = 0, left = 0;
	bool empty[TABLE_COLUMNS], gone[TABLE_COLUMNS] = { false };

	*ret_left_out = NULL;
	for (size_t i = 0; i < n; i++) {
		takes[i] = table_takes(s, of, columns[i], items, &empty[i]);
		sum += takes[i] + (i > 0 ? TABLE_GAP : 0);
	}
	for (int round = 0; round < 2; round++)
		for (size_t i = n; i-- > 2 && sum > width;) {
			if (gone[i] || (round == 0 ? !empty[i]
				: table_gives_way(columns[i])))
				continue;
			gone[i] = true;
			sum -= takes[i] + TABLE_GAP;
		}
	for (size_t i = 0; i < n; i++) {
		if (gone[i] && !empty[i])
			*ret_left_out = *ret_left_out == NULL
			    ? columns[i]
			    : arena_printf(s->arena, "%s, %s", *ret_left_out,
				  columns[i]);
		if (!gone[i])
			columns[left++] = columns[i];
	}
	return left;
}

static void
table_fill(struct session *s, const struct schema *of,
    const char **columns, size_t n, const json_t *items, int width)
{
	struct libscols_table *table = scols_new_table();
	const char *left_out = NULL;
	json_t *row;
	size_t i;

	if (width > 0)
		n = table_fit(s, of, columns, n, items, (size_t)width,
		    &left_out);

	ASSERT(table != NULL);
	scols_table_set_stream(table, s->out);
	scols_table_enable_colors(table, s->term.colour);
	scols_table_set_column_separator(table, "  ");
	scols_table_set_termforce(
	    table, width > 0 ? SCOLS_TERMFORCE_ALWAYS : SCOLS_TERMFORCE_NEVER);
	if (width > 0)
		scols_table_set_termwidth(table, (size_t)width);
	for (i = 0; i < n; i++)
		scols_table_new_column(table,
		    table_heading(s->arena, columns[i]), 0,
		    table_gives_way(columns[i]) ? SCOLS_FL_TRUNC : 0);
	json_array_foreach(items, i, row)
	    table_row(s, of, table, columns, n, row);
	scols_print_table(table);
	scols_unref_table(table);
	if (left_out != NULL)
		session_say(s, "%s\n", session_tone(s, TONE_DIM,
		    arena_printf(s->arena, "too narrow for %s: --json, or a "
			"wider window", left_out)));
}

void
table_print(
    struct session *s, const struct op *op, const json_t *items, int width)
{
	const char *columns[TABLE_COLUMNS];
	size_t n = table_columns(s->arena, op->columns, columns);

	table_fill(s, op->out, columns, n, items, width);
}

static bool
table_is_word(const struct schema *f)
{
	return f->kind != SCHEMA_OBJECT && f->kind != SCHEMA_MAP &&
	    (f->kind != SCHEMA_LIST || f->of->kind == SCHEMA_STRING) &&
	    !(f->flags & F_HIDDEN);
}

void
table_print_rows(struct session *s, const struct schema *row,
    const json_t *items, int width)
{
	const char *columns[TABLE_COLUMNS];
	size_t n = 0;

	for (const struct schema *f = row->fields;
	     f->name != NULL && n < TABLE_COLUMNS; f++)
		if (table_is_word(f))
			columns[n++] = f->name;
	table_fill(s, row, columns, n, items, width);
}
