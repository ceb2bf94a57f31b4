# Debian and Ubuntu packages. Sourced after lib.sh.

# mongod's libraries; OCR; fonts for charts with Chinese labels; what OpenCV links against.
RUN_PACKAGES="ca-certificates libcurl4 tesseract-ocr tesseract-ocr-chi-sim fonts-noto-cjk libgl1 libglib2.0-0"
# Pages are tested in a browser.
TEST_PACKAGES="chromium"

# has_package NAME: installed, under its own name or the one it got with 64-bit time (…t64).
has_package() {
    for candidate in "$1" "$1t64"; do
        case $(dpkg-query -W -f='${Status}' "$candidate" 2>/dev/null) in
            "install ok installed") return 0 ;;
        esac
    done
    return 1
}

missing_packages() {
    for package in "$@"; do
        has_package "$package" || printf '%s ' "$package"
    done
}

apt_install() {
    as_root env DEBIAN_FRONTEND=noninteractive apt-get update -qq &&
        as_root env DEBIAN_FRONTEND=noninteractive \
            apt-get install -y -qq --no-install-recommends "$@"
}

# debian_packages NAME...: install what is missing; 1 with a message where that is not possible.
debian_packages() {
    if ! command -v dpkg-query >/dev/null 2>&1 || ! command -v apt-get >/dev/null 2>&1; then
        warn "This is no Debian or Ubuntu: install by hand what these packages hold: $*"
        return 1
    fi
    # Words on purpose.
    # shellcheck disable=SC2046
    set -- $(missing_packages "$@")
    [ $# -gt 0 ] || return 0
    if ! can_be_root; then
        warn "These Debian packages are missing, and I may not install them. Please run:"
        warn "    sudo apt-get install $*"
        return 1
    fi
    step "Debian packages: $*" apt_install "$@" || {
        warn "Going on without. By hand: apt-get install $*"
        return 1
    }
}
