# The reference client for browsers, which the server shows at /. Sourced after lib.sh and node.sh.

CLIENT=mobile_contract/client
SDK=mobile_contract/sdk

# node_for_client: Debian's Node where it is new enough, else the one that the tests use.
node_for_client() {
    has_node && return 0
    case $(apt-cache policy nodejs 2>/dev/null | sed -n 's/^ *Candidate: //p') in
        2[0-9].*) debian_packages nodejs npm && has_node && return 0 ;;
    esac
    require_node
}

# What the built pages come from; a change in any builds them again.
client_sources() {
    find "$CLIENT" "$SDK" mobile_contract/operations mobile_contract/errors.json \
        \( -path "$CLIENT/test" -o -name node_modules -o -name dist -o -name .test -o -name generated \) -prune -o -type f -print | LC_ALL=C sort
}

npm_ci_in() { (cd "$1" && npm ci --ignore-scripts --no-progress); }

# client_packages FOLDER: its npm packages, by its lock file.
client_packages() {
    packages_wanted=$(hash_of "$1/package.json" "$1/package-lock.json")
    packages_stamp=npm-$(basename "$1")
    [ -d "$1/node_modules" ] && fresh "$packages_stamp" "$packages_wanted" && return 0
    step "npm packages of $1" npm_ci_in "$1" && stamp "$packages_stamp" "$packages_wanted"
}

build_client() { (cd "$CLIENT" && npm run --silent build); }

client_sources_hash() { client_sources | tr '\n' '\0' | xargs -0 cat | cksum | tr ' ' '-'; }

client() {
    client_wanted=$(client_sources_hash)
    [ -f "$CLIENT/dist/build/h5/index.html" ] && fresh client "$client_wanted" && return 0
    node_for_client && client_packages "$SDK" && client_packages "$CLIENT" &&
        step "pages for phones (uni-app)" build_client && stamp client "$client_wanted" && return 0
    warn "The pages for phones are not built; the API runs without them, and / says so."
    return 1
}

# graphiql: what the page at /graphql loads, so that it needs nothing from elsewhere.
graphiql() {
    node_for_client && client_packages backend/web/graphiql && return 0
    warn "GraphiQL at /graphql loads its scripts from unpkg.com."
    return 1
}

# The server's name lies in a mini-program; the tests' simulator answers for this one.
build_mini_program() {
    (cd "$CLIENT" && UNI_OUTPUT_DIR=$PWD/dist/test/mp-weixin \
        VITE_KANGBAN_SERVER=https://kangban.example npm run --silent build:mp-weixin)
}

# The mini-program and WeChat's simulator for the tests. After client, which has the packages.
mini_program() {
    mini_wanted=$(client_sources_hash)
    if [ ! -f "$CLIENT/dist/test/mp-weixin/app.json" ] || ! fresh mini-program "$mini_wanted"; then
        node_for_client && client_packages "$SDK" && client_packages "$CLIENT" &&
            step "mini-program (uni-app)" build_mini_program && stamp mini-program "$mini_wanted"
    fi && client_packages "$CLIENT/test" && return 0
    warn "Without the mini-program or its simulator, its tests are skipped."
    return 1
}
