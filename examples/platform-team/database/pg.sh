# SPDX-License-Identifier: MIT
# pg.sh: how the tasks of this folder talk to PostgreSQL.  Read by `. ./database/pg.sh`
# after task.sh.
#
# PGHOST, PGPORT and PGUSER are variables of the environment
# (environments.yaml), the password is the secret pg-admin.
#
# A parameter reaches SQL in one way only: psql reads it from the environment
# (\getenv x PARAM_X) and quotes it itself, as a literal (:'x') or as a name
# (:"x").  Nothing is pasted into a command.  The database is named by
# PGDATABASE, never by an argument, which psql would take for a connection
# string if it looked like one.

umask 077
export PGDATABASE=postgres PGCONNECT_TIMEOUT=10
export PGAPPNAME="slipway $SLIPWAY_RUN"
export PGPASSFILE="$PWD/.pgpass"
sed -e 's/[\\:]/\\&/g' -e 's/^/*:*:*:*:/' -e q \
	-- "$SLIPWAY_SECRETS/pg-admin" >"$PGPASSFILE"

# pg: run the SQL of standard input, stop at the first error.
pg()
{
	psql --no-psqlrc --quiet --no-align --tuples-only \
		--set=ON_ERROR_STOP=1 --file=-
}

# pg_holds: is the query of standard input true?  A question that cannot be
# asked is no answer: that ends the script with 2.
pg_holds()
{
	pg_answer=$(pg) || exit 2
	[ "$pg_answer" = t ]
}

# pg_has_database: is there a database PARAM_NAME?
pg_has_database()
{
	pg_holds <<'SQL'
\getenv name PARAM_NAME
select exists (select from pg_database where datname = :'name');
SQL
}

# pg_ours: was the role PARAM_NAME made by database/role-create?  What was not is not
# ours to change or to drop.
pg_ours()
{
	pg_holds <<'SQL'
\getenv name PARAM_NAME
select exists (select from pg_roles where rolname = :'name'
    and shobj_description(oid, 'pg_authid') = 'made by slipway');
SQL
}

# pg_password: 24 random bytes in letters that need no quoting anywhere.
pg_password()
{
	head -c 24 /dev/urandom | base64 | tr '+/' '-_'
}

# pg_address: hand on where the database PARAM_NAME is.
pg_address()
{
	output host "$PGHOST"
	output port "$PGPORT"
	output name "$PARAM_NAME"
	output user "$PARAM_NAME"
	output url "postgresql://$PARAM_NAME@$PGHOST:$PGPORT/$PARAM_NAME"
}
