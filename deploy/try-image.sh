#!/bin/bash
# Follows the Dockerfile without a container engine: each of its instructions runs in a clean Debian root, and the last
# root is started as compose.yaml would start it: its user, no capabilities, no new privileges, a /data of its own.
#   sudo deploy/try-image.sh [folder]     needs Linux, debootstrap, npm; about 2 GB and ten minutes
set -euo pipefail
cd "$(dirname "$0")/.."
work=${1:-.cache/image}
mkdir -p "$work"
work=$(realpath "$work")
mirror=${DEBIAN_MIRROR:-http://deb.debian.org/debian}
port=${PORT:-3000}

# node:24-bookworm-slim, as nearly as it can be had: Debian 12, Node 24 with its npm in /usr/local, a user node.
if [ ! -e "$work/base/.made" ]; then
  rm -rf "$work/base"
  debootstrap --variant=minbase bookworm "$work/base" "$mirror" > "$work/debootstrap.log"
  npm install --prefix "$work/node" --no-save --no-fund --no-audit node@24 npm@11 > "$work/node.log"
  install "$(find "$work/node" -path '*bin/node' -type f | head -1)" "$work/base/usr/local/bin/node"
  cp -a "$work/node/node_modules/npm" "$work/base/usr/local/lib/npm"
  ln -s ../lib/npm/bin/npm-cli.js "$work/base/usr/local/bin/npm"
  ln -s ../lib/npm/bin/npx-cli.js "$work/base/usr/local/bin/npx"
  chroot "$work/base" useradd --create-home --uid 1000 node
  touch "$work/base/.made"
fi

root='' user=root dir=/ command=''
declare -A stages
envs=(PATH=/usr/local/bin:/usr/bin:/bin)
# Whoever installs from a registry of their own does so here too.
build=("NPM_CONFIG_REGISTRY=$(npm config get registry)")
if [ -n "${NODE_EXTRA_CA_CERTS:-}" ]; then build+=(NODE_EXTRA_CA_CERTS=/tmp/ca.pem); fi

# In namespaces of its own, with /proc and a few devices: what of the machine a container sees.
inside() {
  local place=$1
  shift
  unshare --mount --pid --ipc --uts --fork bash -c '
    set -e
    mount --bind "$0" "$0"; mount -t proc proc "$0/proc"; mount -t tmpfs tmpfs "$0/dev"
    mkdir "$0/dev/shm"; chmod 1777 "$0/dev/shm"
    for one in null zero random urandom; do touch "$0/dev/$one"; mount --bind "/dev/$one" "$0/dev/$one"; done
    exec chroot "$0" "$@"' "$place" "$@"
}

copy() { # copy <to> <what>...: files of the checkout that git knows, which is what .dockerignore leaves
  local to=$1
  shift
  git ls-files -z -- "$@" ':!.ci' | tar --null --files-from - -c | tar -x -C "$to"
}

while IFS= read -r line; do
  case $line in
    '' | '#'*) continue ;;
  esac
  echo "== $line"
  read -r word rest <<< "$line"
  case $word in
    FROM)
      name=${rest##* AS }
      [ "$name" = "$rest" ] && name=image
      root=$work/$name user=root dir=/
      rm -rf "$root"
      cp -a "$work/base" "$root"
      cp /etc/resolv.conf "$root/etc/resolv.conf"
      printf '127.0.0.1 localhost\n::1 localhost\n' > "$root/etc/hosts"
      [ -z "${NODE_EXTRA_CA_CERTS:-}" ] || cp "$NODE_EXTRA_CA_CERTS" "$root/tmp/ca.pem"
      stages[$name]=$root
      envs=(PATH=/usr/local/bin:/usr/bin:/bin)
      ;;
    ENV) read -ra more <<< "$rest" && envs+=("${more[@]}") ;;
    WORKDIR) dir=$rest && mkdir -p "$root$dir" ;;
    USER) user=$rest ;;
    RUN) inside "$root" env -i "${envs[@]}" "${build[@]}" HOME=/root sh -c "cd $dir && $rest" ;;
    COPY)
      if [[ $rest == --from=* ]]; then
        read -r from owner source _ <<< "$rest"
        cp -a "${stages[${from#--from=}]}$source/." "$root$dir"
        chroot "$root" chown -R "${owner#--chown=}" "$dir"
      else
        read -ra parts <<< "$rest"
        copy "$root$dir" "${parts[@]:0:${#parts[@]}-1}"
      fi
      ;;
    CMD) command=$(node -p "JSON.parse(process.argv[1]).join(' ')" "$rest") ;;
    VOLUME | EXPOSE | STOPSIGNAL | HEALTHCHECK) ;;
    *) echo "No way to follow $word is known here" && exit 1 ;;
  esac
done < <(sed -e ':a' -e '/\\$/N; s/\\\n//; ta' Dockerfile)

# init: true, cap_drop: ALL, no-new-privileges. The database is the embedded one: nothing else is at hand.
echo "== starting as $user on port $port"
held=(setpriv --reuid="$user" --regid="$user" --clear-groups --bounding-set=-all --inh-caps=-all --no-new-privs)
inside "$root" env -i "${envs[@]}" "PORT=$port" HOME=/home/node "${held[@]}" \
  sh -c "cd $dir && id && grep -E '^Cap|NoNewPrivs' /proc/self/status && exec $command" > "$work/start.log" 2>&1 &
started=$!
for ((i = 0; i < 120; i++)); do
  if env PORT="$port" node scripts/healthy.mjs 2> /dev/null; then break; fi
  kill -0 $started 2> /dev/null || break
  sleep 1
done
cat "$work/start.log"
env PORT="$port" node scripts/healthy.mjs && echo "healthy after $i s"
pkill -TERM --parent "$(pgrep --parent $started)" || true
code=0
wait $started || code=$?
tail -2 "$work/start.log"
du -sh "$root/app" | cut -f1 | sed 's/$/ in \/app/'
echo "ended with $code"
exit $code
