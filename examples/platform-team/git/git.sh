# SPDX-License-Identifier: MIT
# git.sh: where a repository is.  Read by `. ./git/git.sh` after task.sh.
#
# VOLUME_GIT is the folder of the volume git (slipway.yaml).  No configuration
# but the repository's own is read.

umask 027
export GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null
[ -d "$VOLUME_GIT" ] || fail "folder '$VOLUME_GIT' of volume 'git' is not there" 2
case $PARAM_NAME in
'' | .* | -* | */*) fail "'$PARAM_NAME' is no name for a repository" 2 ;;
esac
# shellcheck disable=SC2034
REPOSITORY=$VOLUME_GIT/$PARAM_NAME.git
