# Runs inside fresh mount, network and process namespaces: isolate.sh TREE LAYER COMMAND...
# Puts TREE at /etc/claude-code over a private copy-on-write layer of /etc, brings loopback up and runs COMMAND.
# This shell is process 1 of its namespace: whatever COMMAND leaves running, such as a hook in a session of its own,
# dies with it.
fail() {
	echo "policygen-isolation: $1" >&2
	exit 97
}
umask 022
tree=$1 layer=$2
shift 2
mount -t tmpfs policygen "$layer" || fail "mount tmpfs"
# The mount point is made in the upper layer, not in the merged folder: in a user namespace /etc has a foreign owner.
mkdir -p "$layer/upper/claude-code" "$layer/work" || fail "prepare the layer"
if ! mount -t overlay policygen -o "lowerdir=/etc,upperdir=$layer/upper,workdir=$layer/work" /etc 2>/dev/null; then
	# Kernels without overlay file systems, or without them in user namespaces: a copy of what can be read does.
	cp -a /etc/. "$layer/upper/" 2>/dev/null
	rm -rf "$layer/upper/claude-code"
	mkdir "$layer/upper/claude-code" || fail "copy /etc"
	mount --bind "$layer/upper" /etc || fail "mount over /etc"
fi
mount --rbind "$tree" /etc/claude-code || fail "mount the tree at /etc/claude-code"
ip link set lo up || fail "bring loopback up"
# Some containers forbid a new /proc; the old one shows too much, but serves.
mount -t proc proc /proc 2>/dev/null
"$@"
exit $?
