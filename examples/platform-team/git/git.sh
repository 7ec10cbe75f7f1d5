# SPDX-License-Identifier: MIT
# git.sh: where a repository is.  Read by `. ./git/git.sh` after task.sh.
#
# GIT_ROOT is a variable of the environment (environments.yaml), the folder of
# the volume git.  No configuration but the repository's own is read.

umask 027
export GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null
[ -d "$GIT_ROOT" ] || fail "folder '$GIT_ROOT' of volume 'git' is not there" 2
case $PARAM_NAME in
'' | .* | -* | */*) fail "'$PARAM_NAME' is no name for a repository" 2 ;;
esac
# shellcheck disable=SC2034
REPOSITORY=$GIT_ROOT/$PARAM_NAME.git
