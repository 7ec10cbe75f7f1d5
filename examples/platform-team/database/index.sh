# SPDX-License-Identifier: MIT
# index.sh: the index that a table and a column name.  Read by `. ./database/index.sh`
# after pg.sh.

# 63 bytes are all that PostgreSQL keeps of a name.
INDEX=$(printf '%s_%s' "$PARAM_TABLE" "$PARAM_COLUMN" | cut -b 1-59)_idx
export INDEX

# index_is_there: valid, and on that very column?
index_is_there()
{
	pg_holds <<'SQL'
\getenv index INDEX
\getenv table PARAM_TABLE
\getenv column PARAM_COLUMN
select exists (select from pg_index i
    join pg_class c on c.oid = i.indexrelid
    join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
    where i.indrelid = to_regclass('public.' || quote_ident(:'table'))
    and c.relname = :'index' and a.attname = :'column' and i.indisvalid);
SQL
}
