# SPDX-License-Identifier: MIT
# ssh.sh: the public key that a certificate is about.  Read by `. ./ssh/ssh.sh`
# after task.sh.
#
# VOLUME_SSH is the folder of the volume ssh (slipway.yaml): issued/ has every
# certificate that is not over, revoked.krl is what sshd reads (RevokedKeys).

umask 022
[ -d "$VOLUME_SSH" ] || fail "folder '$VOLUME_SSH' of volume 'ssh' is not there" 2
REVOKED=$VOLUME_SSH/revoked.krl

key=$(printf '%s' "$PARAM_PUBLIC_KEY")
case $key in
*'
'*) fail "a public key is one line" 2 ;;
ssh-ed25519\ * | ecdsa-sha2-nistp???\ * | ssh-rsa\ *) ;;
sk-ssh-ed25519@openssh.com\ * | sk-ecdsa-sha2-nistp256@openssh.com\ *) ;;
*) fail "that is no public key: it begins with ssh-ed25519, ecdsa-sha2 or ssh-rsa" 2 ;;
esac
printf '%s\n' "$key" >key.pub
fingerprint=$(ssh-keygen -l -f key.pub) ||
	fail "that is no public key: ssh-keygen cannot read it" 2

# ssh_refuse_weak: nobody should log in with a short RSA key.
ssh_refuse_weak()
{
	case $key in
	ssh-rsa\ *)
		[ "${fingerprint%% *}" -ge 3072 ] ||
			fail "an RSA key has at least 3072 bits; better: ssh-keygen -t ed25519" 2
		;;
	esac
}

# ssh_is_revoked: is the key on the list?
ssh_is_revoked()
{
	[ -f "$REVOKED" ] && ! ssh-keygen -Q -f "$REVOKED" key.pub >/dev/null
}

# ssh_issued: the file of a certificate of this key for PARAM_PRINCIPALS.
ssh_issued()
{
	ssh_name=$(printf '%s\n%s\n' "${fingerprint#* }" "$PARAM_PRINCIPALS" |
		sha256sum)
	printf '%s/issued/%s-cert.pub' "$VOLUME_SSH" "${ssh_name%% *}"
}

# ssh_until CERTIFICATE: when it ends, in seconds since 1970.
ssh_until()
{
	ssh_text=$(TZ=UTC ssh-keygen -L -f "$1" |
		sed -n 's/^ *Valid: from .* to \(.*\)$/\1/p')
	TZ=UTC date -d "$ssh_text" +%s
}

# ssh_outputs CERTIFICATE: hand it on.
ssh_outputs()
{
	output certificate "$(cat -- "$1")"
	output serial "$(ssh-keygen -L -f "$1" | sed -n 's/^ *Serial: //p')"
	output valid_until "$(date -u -d "@$(ssh_until "$1")" \
		+%Y-%m-%dT%H:%M:%SZ)"
}
