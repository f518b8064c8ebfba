#!/bin/sh
# Sees to what pip can't install: Python's venv module, the libraries Qt links to, and a font.
# Installs what is missing with apt-get on Debian and its relatives; elsewhere says what is needed.
# Usage: system-libraries.sh PYTHON
set -eu

python=${1:-python3}

needed_libraries="libEGL.so.1 libGL.so.1 libX11.so.6 libdbus-1.so.3 libfontconfig.so.1
    libglib-2.0.so.0 libgthread-2.0.so.0 libxkbcommon.so.0"
needed_packages="libegl1 libgl1 libx11-6 libdbus-1-3 libfontconfig1 libglib2.0-0 libxkbcommon0"
window_libraries="libwayland-client.so.0 libwayland-cursor.so.0 libxkbcommon-x11.so.0
    libxcb-cursor.so.0 libxcb-icccm.so.4 libxcb-image.so.0 libxcb-keysyms.so.1 libxcb-randr.so.0 libxcb-render-util.so.0 libxcb-shape.so.0
    libxcb-xinerama.so.0 libxcb-xkb.so.1"
window_packages="libwayland-client0 libwayland-cursor0 libxkbcommon-x11-0 libxcb-cursor0
    libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-randr0 libxcb-render-util0 libxcb-shape0 libxcb-xinerama0 libxcb-xkb1"

say() { printf '%s\n' "$*" >&2; }

# The first of the named libraries that the loader does not know, or nothing.
missing_library() {
    known=$(PATH="$PATH:/sbin:/usr/sbin" ldconfig -p 2>/dev/null) || return 0
    for library in "$@"; do
        case "$known" in
            *"$library "*) ;;
            *) printf '%s' "$library"; return 0 ;;
        esac
    done
}

has_font() {
    for folder in /usr/share/fonts /usr/local/share/fonts "${HOME:-/}/.fonts" \
        "${HOME:-/}/.local/share/fonts"; do
        [ -d "$folder" ] || continue
        [ -z "$(find "$folder" -name '*.[to]t[fc]' | head -n 1)" ] || return 0
    done
    return 1
}

# Install packages as root, or through sudo. Fails where there is neither, or no apt-get.
install_packages() {
    command -v apt-get >/dev/null || return 1
    as_root=
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null || return 1
        as_root=sudo
    fi
    say "Installing system packages: $*"
    $as_root apt-get -qq update || say "The package lists could not be refreshed; trying anyway."
    $as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get -qq install -y --no-install-recommends "$@" >/dev/null
}

check_python() {
    if ! command -v "$python" >/dev/null; then
        say "Python 3.11 or newer is needed, but there is no $python; on Debian: apt-get install python3"
        exit 1
    fi
    if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
        say "Python 3.11 or newer is needed; $python is $("$python" --version 2>&1)." \
            "Name another one: make PYTHON=python3.12"
        exit 1
    fi
    "$python" -c 'import ensurepip, venv' 2>/dev/null && return 0
    venv_package=$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')
    if ! install_packages "$venv_package"; then
        say "Python's venv module is missing. Install it ($venv_package on Debian) and try again."
        exit 1
    fi
}

check_libraries() {
    packages=
    needed=$(missing_library $needed_libraries)
    window=$(missing_library $window_libraries)
    [ -z "$needed" ] || packages="$packages $needed_packages"
    [ -z "$window" ] || packages="$packages $window_packages"
    has_font || packages="$packages fonts-dejavu-core"
    [ -n "$packages" ] || return 0
    install_packages $packages && return 0
    if [ -n "$needed" ] && [ -z "${LD_LIBRARY_PATH:-}" ]; then
        say "Qt needs system libraries that are missing here, $needed among them. Install EGL, OpenGL," \
            "X11, D-Bus, fontconfig, GLib and xkbcommon; Debian calls them: $needed_packages"
        exit 1
    fi
    say "Going on without these packages, which a window with text in it needs:$packages"
}

check_python
[ "$(uname -s)" != Linux ] || check_libraries
