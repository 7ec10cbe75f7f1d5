/* SPDX-License-Identifier: MIT */
/*
 * sql_text.h: the statements and migrations that script/embed-sql found.
 *
 * Every .sql file below src/ is compiled into this table, sorted by name and
 * then by dialect.  `dialect` is "" for the text that every database takes,
 * or "postgres" for its own variant of the same name.  A migration is whole,
 * with the name "migration:NNNN-what".  Constant data: any thread may read.
 */
#ifndef STORE_SQL_TEXT_H
#define STORE_SQL_TEXT_H

#include <stddef.h>

struct sql_text {
	const char *name;
	const char *dialect;
	const char *text;
};

/* A row of NULLs follows the last one. */
extern const struct sql_text sql_texts[];
extern const size_t sql_texts_count;

#endif
